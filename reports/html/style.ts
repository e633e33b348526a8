/** Screen, dark mode and print; no font and no picture from anywhere. */
export const style = `
:root { color-scheme: light dark; --line: #8884; --soft: #8882; --dim: #767676; --accent: #0072b2; }
* { box-sizing: border-box; }
body {
  font: 16px/1.5 system-ui, sans-serif; max-width: 80rem; margin: 0 auto; padding: 2rem 1.25rem;
}
header p.verdict { font-size: 1.6rem; line-height: 1.3; font-weight: 600; margin: .25rem 0 1rem; }
h1 { font-size: 1rem; font-weight: 600; color: var(--accent); margin: 0; }
h2 { font-size: 1.15rem; margin: 2.5rem 0 .5rem; }
p.note, figcaption {
  color: var(--dim); font-size: .875rem; max-width: 60rem; margin: .25rem 0 .75rem;
}
ul.badges { list-style: none; display: flex; flex-wrap: wrap; gap: .5rem; padding: 0; margin: 0; }
ul.badges li {
  border: 1px solid var(--line); border-radius: 1rem; padding: 0 .75rem; font-size: .8125rem;
}
ul.badges li.bad { border-color: #c00; color: #c00; }
.scroll { overflow-x: auto; }
table {
  border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: .8125rem;
  width: 100%;
}
th, td {
  padding: .4rem .45rem; text-align: right; border-bottom: 1px solid var(--line);
  vertical-align: top; white-space: nowrap;
}
th:first-child { text-align: left; font-weight: 600; }
thead th { font-weight: 600; border-bottom: 2px solid var(--line); }
small { display: block; font-weight: 400; font-size: .6875rem; color: var(--dim); }
td.best { font-weight: 700; }
td.tied { color: var(--dim); }
td.kept { color: #2a7f3f; }
td.missed { color: #c00; }
td.slo { text-align: left; white-space: normal; min-width: 9rem; }
th.slo { text-align: left; }
figure { margin: .5rem 0; }
figure svg { max-width: 100%; height: auto; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; margin: 0; }
dt { font-weight: 600; }
dd { margin: 0; }
dd ul { margin: 0; padding-left: 1.1rem; }
aside {
  background: var(--soft); border-left: 3px solid #e69f00; padding: .5rem 1rem; margin: 1rem 0;
}
code { font-family: ui-monospace, monospace; font-size: .8125rem; overflow-wrap: anywhere; }
footer {
  margin-top: 3rem; border-top: 1px solid var(--line); padding-top: 1rem; font-size: .8125rem;
  color: var(--dim);
}
@media (prefers-color-scheme: dark) {
  td.kept { color: #6fcf88; }
  td.missed, ul.badges li.bad { color: #ff8a80; }
  :root { --dim: #9a9a9a; --accent: #56b4e9; }
}
@media print {
  body { max-width: none; padding: 0; font-size: 11pt; }
  section { break-inside: avoid; }
}
`;
