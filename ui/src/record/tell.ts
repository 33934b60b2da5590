// An error of something small that was done in passing: one line, with its way on where that is to do it again.
import { toAppError } from "../lib/call";
import { describe, wayOn } from "../lib/errors";
import { showToast } from "../lib/ui";

export function tellError(thrown: unknown, again?: () => void): void {
  const error = toAppError(thrown);
  const { way, label } = wayOn(error);
  if (again && (way === "retry" || way === "reload")) showToast(describe(error), { label, run: again });
  else showToast(label.endsWith(".") ? `${describe(error)} ${label}` : describe(error));
}
