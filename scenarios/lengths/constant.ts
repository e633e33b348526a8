import { defineLength } from '../lengths.ts';
import { tokens } from '../quantities.ts';

export default defineLength({
  kind: 'constant',
  summary: 'Always the same length.',
  options: { tokens: tokens() },
  create: ({ tokens }) => ({ next: () => tokens }),
});
