import { accessLogFields } from '../core/formats/access-log-fields.ts';
import { type MetricFamily, metricFamilies } from '../proxy/observe/metric-families.ts';
import { page, table } from './generated-page.ts';

/** What the proxy tells of itself: metrics and the access log. */
export function observabilityPage(): string {
  const families = Object.entries<MetricFamily>(metricFamilies);
  const first = page('Observing the proxy', metricsText, [
    ['metric', 'kind', 'labels', 'meaning'],
    ...families.map(([name, { help, kind, labels }]) => [
      `\`${name}\``,
      kind,
      labels.map((label) => `\`${label}\``).join(', ') || '–',
      help,
    ]),
  ]);
  const buckets = families.flatMap(([name, family]) =>
    family.kind === 'histogram' ? [[`\`${name}\``, family.bucketsS.join(' ')]] : [],
  );
  const fields = Object.entries(accessLogFields).map(([name, { about, kind }]) => [
    `\`${name}\``,
    kind,
    about,
  ]);
  return [
    first,
    `## Buckets\n\n${bucketsText}\n\n${table([['histogram', 'bounds'], ...buckets])}`,
    `## Access log\n\n${logText}\n\n${table([['field', 'kind', 'meaning'], ...fields])}`,
  ].join('\n');
}

const metricsText = `Prometheus finds these at \`/metrics\`, together with the \`process_*\` and \`nodejs_*\` figures
that every program of Node has, except for those that walk over all open sockets. What a replica has
not said is absent, never 0; what has not happened yet may be absent, too.

No label has values that a client can make up. Models and tenants have a label of their own if the
configuration names them and they are among the first hundred; all others are \`other\`, and what was
not said is \`none\`. Tenants are labels of two counters only, for bills and quotas: as labels of
histograms each of them would be a hundred series. When a replica has left for good its series end.`;

const bucketsText = `In seconds. Those of the first token, the time per token and the whole request are those of vLLM
itself, so that both can be drawn in one picture; the other two are finer.`;

const logText = `One line of JSON for each request, when it ends. A field without a value is left out; times are
whole microseconds. There are no credentials, no prompts and no answers in it; queries are cut off;
texts of others are cut at 256 characters, and control characters in them are U+FFFD. Lines wait in
memory for at most half a second, and a disk that is too slow costs lines (counted by
\`fairlead_access_log_lost_lines_total\`), not requests.

\`fairlead scenario import access.jsonl\` reads it as a trace: prompts, answers, tenants and sessions
at the times they came. Requests without an answer are counted and left out, as in any trace.`;
