import { defineJob, type Round } from '../jobs.ts';
import { countOption, createCount, createLength, lengthOption } from '../length-option.ts';
import { PrefixTree, prefixSchema } from '../prefix-tree.ts';
import { createWait, waitOption } from '../waits.ts';

const mostRounds = 1_000;
const mostAgents = 1_000;

export default defineJob({
  kind: 'agents',
  summary: 'A task given to several agents at once, round after round, with tools in between.',
  options: {
    prefix: prefixSchema.default([]).describe('What is shared with other tasks.'),
    task: lengthOption(8_000).describe('What all agents of a task are told.'),
    rounds: countOption({ max: mostRounds, example: 3 }).describe('How many rounds.'),
    agents: countOption({ max: mostAgents, example: 4 }).describe('How many agents in a round.'),
    branch: lengthOption(500).describe('What only one of them is told.'),
    answer: lengthOption(150).describe('Tokens of an answer.'),
    tools: waitOption()
      .default('2s')
      .describe('From the last answer of a round to the next round.'),
  },
  create(options, context) {
    const { chance, texts } = context;
    const draw = (name: 'task' | 'branch' | 'answer') => createLength(options[name], chance(name));
    const [task, branch, answer] = [draw('task'), draw('branch'), draw('answer')];
    const rounds = createCount(options.rounds, mostRounds, chance('rounds'));
    const agents = createCount(options.agents, mostAgents, chance('agents'));
    const tools = createWait(options.tools, chance('tools'));
    const prefix = new PrefixTree(options.prefix, context);

    function next(member: number) {
      const shared = [
        ...prefix.next(member),
        { text: texts.unique(), from: 0, tokens: task.next() },
      ];
      const drawn: Round[] = [];
      for (let left = rounds(); left > 0; left--) {
        const requests = Array.from({ length: agents() }, () => {
          const text = texts.unique();
          const tokens = branch.next();
          const prompt = [...shared, { text, from: 0, tokens }];
          return { prompt, outputTokens: answer.next(), answer: { text, from: tokens } };
        });
        drawn.push({ waitUs: drawn.length === 0 ? 0 : tools(), requests });
      }
      return { rounds: drawn };
    }
    return { next };
  },
});
