/** What a server says of itself in `/metrics`; undefined where it says nothing, or not in time. */
export async function metricsPage(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) });
    return await answer.text();
  } catch {
    // Whoever does not answer is told of by others.
    return undefined;
  }
}
