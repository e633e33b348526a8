import { readFileSync } from 'node:fs';

/** Each request in the proxy holds its client's connection and one to a replica. */
const filesPerConnection = 2;
/** For listening, logs, probes, scrapes and Node itself. */
const ownFiles = 64;

/**
 * A warning where the process may not open as many files as its limit of connections needs: the
 * connections beyond them would fail one by one, at the worst of times. Undefined where there is
 * enough, or nobody says.
 */
export function openFilesWarning(
  connections: number,
  replicas: number,
  limits: string | undefined = processLimits(),
): string | undefined {
  const most = Number(/^Max open files +(\d+)/m.exec(limits ?? '')?.[1] ?? Number.NaN);
  const own = ownFiles + filesPerConnection * replicas;
  const needed = filesPerConnection * connections + own;
  if (Number.isNaN(most) || most >= needed) return undefined;
  const fitting = Math.floor((most - own) / filesPerConnection);
  const advice = `Raise it to ${needed} (LimitNOFILE= of systemd, --ulimit of docker, ulimit -Hn of a shell)`;
  const other = fitting > 0 ? `, or write "limits: { connections: ${fitting} }"` : '';
  return `limits.connections: ${connections} connections need ${needed} open files, and this process may have ${most}. ${advice}${other}.`;
}

/** As Linux tells them. Node has raised the soft limit to the hard one by now. */
function processLimits(): string | undefined {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return undefined;
  }
}
