/** Text that is already HTML, so that it is not escaped a second time. */
export class Markup {
  readonly html: string;

  constructor(html: string) {
    this.html = html;
  }
}

type Part = string | number | Markup | readonly Part[];

/** A template whose values are escaped unless they are markup themselves; lists are joined. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const rendered = parts.map((part, index) => `${render(part)}${strings[index + 1]}`);
  return new Markup(`${strings[0]}${rendered.join('')}`);
}

function render(part: Part): string {
  if (part instanceof Markup) return part.html;
  if (typeof part === 'object') return part.map(render).join('');
  return String(part).replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
