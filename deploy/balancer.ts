import { suggestion } from '../core/closest.ts';
import { FairleadError } from '../core/errors.ts';
import { checkAddresses } from './addresses.ts';

/** What a balancer in front of replicas is told, in words that all balancers share. */
export interface BalancerSetting {
  readonly listen: Listen;
  readonly replicas: readonly BalancedReplica[];
  /** By its name among the policies of the balancer. */
  readonly policy: string;
  /** Names a conversation, for policies that hash it; in lower case. */
  readonly sessionHeader: string;
  readonly connectTimeoutS: number;
  /** How long a replica may send nothing: a long prompt is silent until its first token. */
  readonly silenceTimeoutS: number;
  /** Where an engine says that it is well; undefined where nobody should ask. */
  readonly healthPath: string | undefined;
  readonly bodyMegabytes: number;
  /** Streams at once; each takes two connections. */
  readonly streams: number;
  /** Worker processes or threads; undefined for one per core. */
  readonly threads: number | undefined;
  /** Of a run by hand, which keeps its files there; undefined for where the package has them. */
  readonly folder: string | undefined;
}

export interface Listen {
  /** A name or an address; of IPv6 in brackets, as in a URL. */
  readonly host: string;
  readonly port: number;
}

export interface BalancedReplica {
  readonly name: string;
  readonly url: URL;
  readonly weight: number;
}

/**
 * For answers that take minutes and come token by token. The defaults of all three are for pages:
 * nginx collects an answer before it sends it, gives up after 60 s and refuses prompts of 1 MB.
 */
export const usualSetting = {
  sessionHeader: 'x-session-id',
  connectTimeoutS: 2,
  silenceTimeoutS: 1_800,
  healthPath: '/health',
  bodyMegabytes: 32,
  streams: 9_000,
  threads: undefined,
  folder: undefined,
} as const satisfies Partial<BalancerSetting>;

/** Our strategy that picks as a policy does, so that the policy can be simulated. */
export interface EquivalentStrategy {
  readonly name: string;
  readonly options: Readonly<Record<string, unknown>>;
  /**
   * How alike: every pick is the same, every pick has the same chances, or neither, but nothing of
   * ours is closer. The first two are tested against the real program, see test/differential.
   */
  readonly likeness: 'picks' | 'chances' | 'close';
}

export interface BalancerPolicy {
  readonly name: string;
  readonly summary: string;
  /** The directives that choose it, without indentation. */
  directives(setting: BalancerSetting): readonly string[];
  /** Undefined where it looks at something that a simulation does not have. */
  readonly equivalent?: EquivalentStrategy;
}

/** The program itself: how to get it, and how to run it with a configuration. */
export interface BalancerProgram {
  readonly name: string;
  readonly debianPackage: string;
  /** Says whether a file is a valid configuration, and ends. */
  checkArguments(file: string): readonly string[];
  /** In the foreground. */
  runArguments(file: string, folder: string): readonly string[];
}

export interface Balancer {
  readonly name: string;
  readonly summary: string;
  /** What its configuration is usually called. */
  readonly file: string;
  readonly program: BalancerProgram;
  /** The first is the one for LLMs when nobody says otherwise. */
  readonly policies: readonly BalancerPolicy[];
  /** The whole configuration. */
  write(setting: BalancerSetting): string;
}

interface Definition extends Omit<Balancer, 'write'> {
  readonly hasWeights: boolean;
  readonly largestWeight: number;
  configure(setting: BalancerSetting, directives: readonly string[]): string;
}

/** Refuses what no balancer would start with: unknown policies, wrong addresses and weights. */
export function defineBalancer({
  configure,
  hasWeights,
  largestWeight,
  ...balancer
}: Definition): Balancer {
  return {
    ...balancer,
    write(setting) {
      const policy = policyOf(balancer, setting.policy);
      checkAddresses(balancer.name, setting);
      const weights = setting.replicas.map(({ weight }) => weight);
      if (!hasWeights && weights.some((weight) => weight !== weights[0])) {
        const message = `${balancer.name} has no weights. Leave them out, or export for nginx or haproxy.`;
        throw new FairleadError('EXPORT_UNSUPPORTED', message);
      }
      const wrong = weights.find(
        (weight) => !Number.isInteger(weight) || weight < 1 || weight > largestWeight,
      );
      if (wrong !== undefined) {
        const message = `found the weight ${wrong}; ${balancer.name} takes whole numbers from 1 to ${largestWeight}.`;
        throw new FairleadError('EXPORT_UNSUPPORTED', message);
      }
      return configure(setting, policy.directives(setting));
    },
  };
}

export function policyOf(
  { name, policies }: Omit<Balancer, 'write'>,
  wanted: string,
): BalancerPolicy {
  const found = policies.find((policy) => policy.name === wanted);
  if (found !== undefined) return found;
  const known = policies.map((policy) => policy.name);
  const message = `${name} has no policy "${wanted}". ${suggestion(wanted, known)}`;
  throw new FairleadError('EXPORT_UNSUPPORTED', message);
}
