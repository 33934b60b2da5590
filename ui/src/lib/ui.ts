// What is open over the current screen, and the one toast.
import { createStore } from "./store";

export type ComposerKind = "call" | "meeting" | "email" | "visit";

interface Surface {
  palette: boolean;
  shortcuts: boolean;
  /** The name to start with, or null when the drawer is closed. */
  newCustomer: string | null;
  connect: boolean;
  signOut: boolean;
  sync: boolean;
}

export const ui = createStore<Surface>({
  palette: false,
  shortcuts: false,
  newCustomer: null,
  connect: false,
  signOut: false,
  sync: false,
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
