/** What a gateway knows of the load of a group, at a moment; NaN for what nobody has said. */
export interface FleetLoad {
  /** Requests that wait, at the gateway and in the engines. */
  readonly waiting: number;
  /** Mean share of the KV blocks in use. */
  readonly kvUsage: number;
  /** Of late, at a high quantile. */
  readonly ttftUs: number;
  /** Requests since the last look. */
  readonly arrivals: number;
}

/** How many replicas there should be, of those that serve or boot; limits come afterwards. */
export interface ScalingRule {
  wanted(load: FleetLoad, size: number, nowUs: number): number;
}
