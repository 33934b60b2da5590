// What is being written about a customer. A draft outlives leaving the page: it is there when one comes back.
import { addDays, instantOf, today, wallDay, wallMinutes } from "../../lib/dates";
import { fullDay } from "../../lib/format";
import { createStore } from "../../lib/store";
import type { Edit } from "../../lib/types";
import type { ComposerKind } from "../../lib/ui";
import { create, hasTime } from "../../record/edits";

export interface Draft {
  kind: ComposerKind;
  subject: string;
  description: string;
  /** null: nobody chose, the primary contact is meant. "": nobody in particular. */
  contactId: string | null;
  /** A day, or a time on the wall of one. */
  followUp: number | null;
  /** null: now. */
  when: number | null;
}

export const BLANK: Draft = { kind: "call", subject: "", description: "", contactId: null, followUp: null, when: null };

const drafts = createStore<Record<string, Draft>>({});

export function draftsStore() {
  return drafts;
}

export function setDraft(customerId: string, part: Partial<Draft>): void {
  drafts.set({ [customerId]: { ...(drafts.get()[customerId] ?? BLANK), ...part } });
}

export function clearDraft(customerId: string): void {
  const kind = drafts.get()[customerId]?.kind ?? "call";
  drafts.set({ [customerId]: { ...BLANK, kind } });
}

/** Planned work that has no time stands at the beginning of the working day. */
const PLANNED_AT_MINUTES = 9 * 60;

interface Ids {
  id: string;
  customerId: string;
  contactId: string | null;
  me: string | null;
}

function followUpUnit(wall: number | null) {
  if (wall === null) return null;
  return { requiresFollowUp: true, followUpDate: wall, followUpHasTime: hasTime(wall), followUpNotes: null };
}

/** A follow-up is a call that is planned for its day; everything else is what happened, now or when it is said to have. */
export function interactionEdit(draft: Draft, ids: Ids, now: number): Edit {
  const planned = draft.kind === "followUp";
  const wall = draft.followUp ?? (planned ? addDays(today(), 1) : null);
  const at =
    planned && wall !== null ? instantOf(wallDay(wall), wallMinutes(wall) ?? PLANNED_AT_MINUTES) : (draft.when ?? now);
  return create("interactions", ids.id, {
    customerId: ids.customerId,
    contactId: ids.contactId,
    type: planned ? "call" : draft.kind,
    subject: draft.subject.trim(),
    description: draft.description.trim(),
    interactionDate: at,
    assignedTo: ids.me,
    followUp: followUpUnit(wall),
  });
}

/** The notes with a dated line at their top. */
export function withNote(notes: string | null, draft: Draft): string {
  const text = [draft.subject.trim(), draft.description.trim()].filter(Boolean).join("\n");
  return [`${fullDay(today())}: ${text}`, notes ?? ""].filter(Boolean).join("\n");
}
