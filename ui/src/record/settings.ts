// Choices that are records: a user's follow her to every device, a device's stay with it. The device's own come first.
import { useQuery } from "@tanstack/react-query";
import type { Setting } from "../gen/records";
import { call } from "../lib/call";
import type { Edit, Listed } from "../lib/types";
import { change, create, mint } from "./edits";

export type Scope = "user" | "device";

const SETTINGS_MAX = 500;

export function useSettings() {
  return useQuery({
    queryKey: ["settings", "all"],
    queryFn: async () => {
      const page = await call("records.list", { kind: "settings", limit: SETTINGS_MAX });
      return page.items as Listed<Setting>[];
    },
  });
}

/** The newest one of that name: two devices may both have made one while they were apart. */
export function settingOf(settings: readonly Setting[], name: string, scope: Scope): Setting | null {
  const found = settings.filter((one) => one.name === name && one.scope === scope);
  return found.sort((a, b) => b.updatedAt - a.updatedAt)[0] ?? null;
}

/** The edit that makes a choice, on top of the record that holds it if there is one. */
export async function choose(
  settings: readonly Setting[],
  name: string,
  scope: Scope,
  ownerId: string | null,
  value: unknown,
): Promise<Edit> {
  const known = settingOf(settings, name, scope);
  if (known) return change("settings", known._id, known.version, { value: { value, base: known.value } });
  const [id = ""] = await mint(1);
  return create("settings", id, { scope, ownerId, name, value });
}
