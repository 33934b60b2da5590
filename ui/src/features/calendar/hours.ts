// Where the entries of a day stand on a week's wall of hours: from which minute, how long, and beside how many others.
import { type Entry, minuteOf } from "./grid";

const HOUR = 60;
/** The working day is always shown; earlier and later hours only when something stands in them. */
const OPENS = 7 * HOUR;
const CLOSES = 19 * HOUR;
/** Minutes for what has no duration, and the least that can be read. */
const SHORT = 30;

export interface Placed {
  entry: Entry;
  minute: number;
  minutes: number;
  /** Which of so many columns that share this time. */
  lane: number;
  lanes: number;
}

function lengthOf(entry: Entry): number {
  const minutes = entry.sort === "meeting" ? (entry.meeting.duration ?? SHORT) : SHORT;
  return Math.max(SHORT, minutes);
}

/** What has a time, in order; entries that overlap stand side by side. */
export function placed(entries: readonly Entry[]): Placed[] {
  const out: Placed[] = [];
  let group: Placed[] = [];
  let ends = 0;
  const close = () => {
    const lanes = Math.max(0, ...group.map((one) => one.lane)) + 1;
    for (const one of group) one.lanes = lanes;
    out.push(...group);
    group = [];
  };
  for (const entry of entries) {
    const minute = minuteOf(entry);
    if (minute < 0) continue;
    const minutes = lengthOf(entry);
    if (minute >= ends) close();
    const busy = new Set(group.filter((one) => one.minute + one.minutes > minute).map((one) => one.lane));
    let lane = 0;
    while (busy.has(lane)) lane += 1;
    group.push({ entry, minute, minutes, lane, lanes: 1 });
    ends = Math.max(group.length === 1 ? 0 : ends, minute + minutes);
  }
  close();
  return out;
}

/** The hours that a week shows, as minutes after midnight. */
export function span(days: readonly (readonly Placed[])[]): { from: number; to: number } {
  const all = days.flat();
  const from = Math.min(OPENS, ...all.map((one) => Math.floor(one.minute / HOUR) * HOUR));
  const to = Math.max(CLOSES, ...all.map((one) => Math.ceil((one.minute + one.minutes) / HOUR) * HOUR));
  return { from, to: Math.min(to, 24 * HOUR) };
}
