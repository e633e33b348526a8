// Simulates 9.99 million requests, as many as a scenario may ask for, and prints the largest amount
// of memory it took, in MB.
import { chat, run, scenarioOf } from './sim-runs.ts';

const rateRps = Number(process.argv[2]);
// What arrives at random must stay below the ten million that a scenario may ask for.
const requests = 9_990_000;
const scenario = scenarioOf({ replicas: 16, rateRps, requests, lengths: chat });
run(scenario, 1);
process.stdout.write(`${process.resourceUsage().maxRSS / 1_024}\n`);
