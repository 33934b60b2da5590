// What a bulk edit wishes, as the core takes it.
import type { CustomerStatus } from "../../lib/types";

export type BulkKind = "status" | "assign" | "tags" | "followUp" | "aside" | "trash";

export interface Wish {
  units?: Record<string, unknown>;
  delete?: boolean;
}

export interface BulkForm {
  status: CustomerStatus | null;
  reason: string;
  confirmed: boolean;
  /** "" takes the owner away. */
  owner: string | null;
  addTags: string;
  removeTags: string;
  day: number | null;
}

export const BLANK: BulkForm = {
  status: null,
  reason: "",
  confirmed: false,
  owner: null,
  addTags: "",
  removeTags: "",
  day: null,
};

export function words(text: string): string[] {
  return [...new Set(text.split(/[,;\n]/).map((word) => word.trim()))].filter(Boolean);
}

function statusUnits({ status, reason, confirmed }: BulkForm): Record<string, unknown> {
  return { status: { status, statusReason: reason.trim() || null, ...(confirmed ? { activeConfirmed: true } : {}) } };
}

/** Null while the form does not say what is wished yet. */
export function wishOf(kind: BulkKind, form: BulkForm): Wish | null {
  if (kind === "trash") return { delete: true };
  if (kind === "aside") return { units: { status: { isActive: false } } };
  if (kind === "status") {
    if (form.status === null || (form.status === "inactive" && form.reason.trim() === "")) return null;
    return { units: statusUnits(form) };
  }
  if (kind === "assign") return form.owner === null ? null : { units: { assignedTo: form.owner || null } };
  if (kind === "followUp") return form.day === null ? null : { units: { nextFollowUpByHand: form.day } };
  const added = words(form.addTags).map((tag) => [`tags/${tag}`, true]);
  const removed = words(form.removeTags).map((tag) => [`tags/${tag}`, null]);
  return added.length + removed.length === 0 ? null : { units: Object.fromEntries([...removed, ...added]) };
}
