// Simulates ten million requests and prints the largest amount of memory it took, in MB.
import { chat, run, scenarioOf } from './sim-runs.ts';

const rateRps = Number(process.argv[2]);
const requests = 10_000_000;
// Just below what a scenario may ask for.
const scenario = scenarioOf({ replicas: 16, rateRps, requests: 0.999 * requests, lengths: chat });
run(scenario, 1);
process.stdout.write(`${process.resourceUsage().maxRSS / 1_024}\n`);
