import { Autoscaler, type ScalingStep } from '../../gateway/autoscale/autoscaler.ts';
import type { FleetLoad } from '../../gateway/autoscale/scaling-rule.ts';
import type { GroupScaling } from '../../scenarios/gateway-autoscale-schema.ts';
import { type ScalingTimes, scalingPolicy, scalingRule, scalingTimes } from './scaling-policy.ts';

/** A replica and the machine it runs on. */
export interface Machine {
  readonly replica: number;
  state: 'off' | 'booting' | 'serving' | 'draining';
  /** How often it was switched on. */
  lives: number;
  /** When it was switched on last. */
  onUs: number;
  /** When it serves if it boots, and when it is switched off at the latest if it drains. */
  dueUs: number;
}

/** The machines of a group that grows and shrinks, and who decides how many of them are on. */
export class ScaledGroup {
  readonly group: number;
  readonly times: ScalingTimes;
  readonly machines: readonly Machine[];
  nextLookUs: number;
  readonly #autoscaler: Autoscaler;

  constructor(group: number, options: GroupScaling, machines: readonly Machine[]) {
    this.group = group;
    this.times = scalingTimes(options);
    this.machines = machines;
    this.nextLookUs = this.times.everyUs;
    const rule = scalingRule(options.rule, this.times);
    this.#autoscaler = new Autoscaler(scalingPolicy(options), rule);
  }

  get serving(): readonly Machine[] {
    return this.machines.filter(({ state }) => state === 'serving');
  }

  decide(load: FleetLoad, nowUs: number): ScalingStep {
    this.nextLookUs += this.times.everyUs;
    const size = { serving: 0, booting: 0, draining: 0, off: 0 };
    for (const { state } of this.machines) size[state] += 1;
    return this.#autoscaler.look(load, size, nowUs);
  }

  /** Whom to switch on. */
  firstOff(count: number): readonly Machine[] {
    return this.machines.filter(({ state }) => state === 'off').slice(0, count);
  }

  /** Whom to send nothing more: who came last, since its cache holds least. */
  lastCome(count: number): readonly Machine[] {
    const last = (a: Machine, b: Machine) => b.onUs - a.onUs || b.replica - a.replica;
    return [...this.serving].sort(last).slice(0, count);
  }
}
