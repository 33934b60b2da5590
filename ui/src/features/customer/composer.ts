// What is being written about a customer. A draft outlives leaving the page: it is there when one comes back.
import { createStore } from "../../lib/store";
import type { Edit } from "../../lib/types";
import type { ComposerKind } from "../../lib/ui";
import { create } from "../../record/edits";

export interface Draft {
  kind: ComposerKind;
  subject: string;
  description: string;
  /** null: nobody chose, the primary contact is meant. "": nobody in particular. */
  contactId: string | null;
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

export function interactionEdit(
  draft: Draft,
  ids: { id: string; customerId: string; contactId: string | null; me: string | null },
  now: number,
): Edit {
  const followUp =
    draft.followUp === null
      ? null
      : { requiresFollowUp: true, followUpDate: draft.followUp, followUpHasTime: false, followUpNotes: null };
  return create("interactions", ids.id, {
    customerId: ids.customerId,
    contactId: ids.contactId,
    type: draft.kind,
    subject: draft.subject.trim(),
    description: draft.description.trim(),
    interactionDate: draft.when ?? now,
    assignedTo: ids.me,
    followUp,
  });
}
