/** What docs/traces.md says besides its tables; `traceOptions` are the lines of the key `trace`. */
export function tracesGuide(traceOptions: readonly string[]): string {
  return `
## Playing a trace

An entry of the traffic may be a trace, in place of arrivals and lengths. The scenario stays a
small text: it names the file, which is read once when the scenario is loaded, and all threads
play it from the same memory.

\`\`\`yaml
- tenant: chat
  trace:
    file: AzureLLMInferenceTrace_conv.csv.gz
    source: https://github.com/Azure/AzurePublicDataset
    play: { rateScale: 4 }
\`\`\`

${traceOptions.map((line) => `- ${line}`).join('\n')}

The path counts from the folder of the scenario, else from the working directory, else from the
folder that the environment variable FAIRLEAD_TRACES names. Whoever does not have the file is told
where to get it.

- **Times** are those of the rows. A trace without times (Vidur, ShareGPT) takes \`arrivals\`
  beside it, and only lengths and prefixes come from its rows; a trace with times refuses them.
- **Each seed starts somewhere else** in the trace, at a moment drawn evenly, or all seeds would
  be the same run; \`rotate: false\` starts at the first row.
- **A trace that ends starts over**, a mean gap after its last row, until the run is over. A lap
  is another day: its sessions and its texts are new, for blocks that come back after a whole
  trace would be found in caches where the trace itself had none. What all days share, such as a
  system prompt, is computed once more in each lap. With \`repeat: false\` the traffic ends with
  the file.
- **Prompts** are made of the blocks of a row: equal ids are equal text, of one entry. A row
  without blocks is a text that nobody else says. Answers are hidden from strategies, and no later
  prompt holds them: the next turn of a trace has ids of its own.
- **Tenants, sessions, turns, adapters and priorities** are those of the rows, as far as the trace
  has them; a tenant is called \`chat/GPT-4\`, after the entry and the row. \`inferSessions\`
  tells sessions from blocks.

${importing}`;
}

const importing = `## Importing a trace

\`fairlead scenario import trace.csv --format azure\` reads a trace, says what is in it, and
writes a scenario that plays it, with all of that in its first lines. The format is most often
known by the file itself. \`--from\`, \`--until\`, \`--rate-scale\`, \`--sort\`,
\`--dequantize-ms\`, \`--sample-sessions\` and \`--skip-bad\` become options of the scenario,
and so does \`--option unit=s\` with each option of the format; \`--gpu\`, \`--model\` and
\`--replicas\` say on what it runs. A file that is there is kept, unless \`--force\` is given.

## Fitting a trace

\`fairlead scenario import trace.csv --fit\` writes a scenario that needs no trace: it draws
traffic like it, another with each seed, for as long as you like. It takes seconds, or one to two
minutes where there are sessions to imitate, and prints by how much it is off.

- **Arrivals** are a gamma process, alone if that will do, else with a rate that drifts, or with
  bursts and batches. The search simulates each candidate over the span of the trace and compares
  the variation of the gaps and the index of dispersion in 1, 10 and 60 s, where there are at
  least twenty such bins. More than a day is given a rate for each of its hours.
- **Lengths** are tables of quantiles, with a point wherever a straight line would be off by two
  percent. If prompts and answers depend on each other (rank correlation above 0.2), rows of both
  are drawn.
- **Prefixes**: of a trace with blocks and times, whole sessions are sampled, with the waits
  between their requests and the tokens these share. What one prompt in a hundred begins with
  becomes a head that sessions share. Their beginnings are fitted so that all requests together
  are as bursty as the trace. A run begins without earlier sessions, so it gets a warm-up as long
  as most of them last, and as the trace is, up to an hour; the comparison begins after that, too.
  Without times nothing tells when a session goes on, so prompts share nothing.
- Not fitted: who sends (tenants of a trace become one entry), sessions without blocks, and how
  lengths change over time. A fit tells what the window of the trace was like, no more.
`;
