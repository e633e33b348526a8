/** Which part of the traffic one of several players plays. */
export interface Share {
  readonly index: number;
  readonly of: number;
}

export const allOfIt: Share = { index: 0, of: 1 };
