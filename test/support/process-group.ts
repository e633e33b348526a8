import { readdirSync, readFileSync } from 'node:fs';

/** Processes of a group that still run; those that wait to be buried do not. */
export function livingIn(group: number): string[] {
  return readdirSync('/proc').filter((entry) => {
    if (!/^\d+$/.test(entry)) return false;
    const [state, , pgrp] = statOf(entry);
    return Number(pgrp) === group && state !== 'Z' && state !== 'X';
  });
}

/** From the state on; the name before it may have spaces in it. */
function statOf(pid: string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return [];
  }
}
