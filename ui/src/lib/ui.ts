// What is open over the current screen, and the one toast.
import { createStore } from "./store";

/** What can be written about a customer: what happened, a line of notes, or what is to be done. */
export type ComposerKind = "call" | "meeting" | "email" | "visit" | "note" | "followUp";

interface Surface {
  palette: boolean;
  shortcuts: boolean;
  /** The name to start with, or null when the drawer is closed. */
  newCustomer: string | null;
  connect: boolean;
  signOut: boolean;
  sync: boolean;
  /** What is to be begun on a customer's page once it is open. */
  intent: { customerId: string; kind: ComposerKind } | null;
}

export const ui = createStore<Surface>({
  palette: false,
  shortcuts: false,
  newCustomer: null,
  connect: false,
  signOut: false,
  sync: false,
  intent: null,
});

export interface Toast {
  id: number;
  text: string;
  action?: { label: string; keys?: string; run: () => void };
}

export const toasts = createStore<{ current: Toast | null }>({ current: null });

let nextToast = 1;

export function showToast(text: string, action?: Toast["action"]): void {
  toasts.set({ current: { id: nextToast, text, action } });
  nextToast += 1;
}

export function hideToast(): void {
  toasts.set({ current: null });
}
