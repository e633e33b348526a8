import type { Comparison } from '../summary.ts';
import { type Badge, documentOf, provenance } from './document.ts';
import type { Markup } from './markup.ts';

/** What strategies beside each other are shown with. */
export interface ResultPage {
  /** Name of the scenario. */
  readonly name: string;
  /** The answer, which comes first. */
  readonly sentence: string;
  readonly badges: readonly Badge[];
  readonly warnings: readonly string[];
  readonly sections: readonly (Markup | string)[];
  readonly meta: Comparison['meta'];
  readonly result: object;
}

/** The page of a comparison, or of a ladder of them. */
export function resultPage(page: ResultPage): string {
  const { badges, meta, name, result, sections, sentence, warnings } = page;
  return documentOf({
    title: `${name}: ${sentence}`,
    heading: name,
    answer: sentence,
    asides: warnings,
    footer: provenance(meta, { facts: [`seeds ${meta.seeds.join(', ')}`] }),
    data: { id: 'fairlead-summary', value: result },
    ...{ badges, sections },
  });
}
