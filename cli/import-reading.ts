import { InvalidArgumentError } from '@commander-js/extra-typings';
import { parse } from 'yaml';
import { FairleadError } from '../core/errors.ts';

export interface PlayArguments {
  readonly skipBad: number;
  readonly rateScale: number;
  readonly from: number;
  readonly until?: number | undefined;
  readonly sort?: true | undefined;
  readonly dequantizeMs?: number | undefined;
  readonly sampleSessions: number;
}

/** The options of the player that differ from the defaults, as a scenario has them. */
export function playOf(given: PlayArguments) {
  const { dequantizeMs, from, rateScale, sampleSessions, skipBad, sort, until } = given;
  return {
    ...(from === 0 ? {} : { fromS: from }),
    ...(until === undefined ? {} : { untilS: until }),
    ...(rateScale === 1 ? {} : { rateScale }),
    ...(sampleSessions === 1 ? {} : { sampleSessions }),
    ...(dequantizeMs === undefined ? {} : { dequantizeMs }),
    ...(sort === undefined ? {} : { sort }),
    ...(skipBad === 0 ? {} : { skipBad }),
  };
}

type FormatOptions = Readonly<Record<string, unknown>>;

/** `unit=s`; may be given several times. */
export function formatOption(text: string, before: FormatOptions = {}): FormatOptions {
  const [, key, value] = /^(\w+)=([\w.-]+)$/.exec(text) ?? [];
  if (key !== undefined) return { ...before, [key]: parse(value!) as unknown };
  throw new InvalidArgumentError(`Write a name and a value, such as unit=s, not "${text}".`);
}

const flags: Readonly<Record<string, string>> = {
  dequantizeMs: '--dequantize-ms',
  rateScale: '--rate-scale',
  sampleSessions: '--sample-sessions',
  skipBad: '--skip-bad',
  untilS: '--until',
};

/** Who reads a trace advises on scenarios; here the same is written on the command line. */
export async function advisingArguments<Result>(reading: Promise<Result>): Promise<Result> {
  try {
    return await reading;
  } catch (error) {
    if (!(error instanceof FairleadError)) throw error;
    const message = error.message.replace(/(?<=\bWrite )(\w+): (\w+)/, (_, key, value) => {
      if (key === 'sort') return '--sort';
      const flag = flags[key];
      return flag === undefined ? `--option ${key}=${value}` : `${flag} ${value}`;
    });
    throw new FairleadError(error.code, message);
  }
}
