// Merging two customers, and saying that they are two: both are one step to take back.
import type { LikePair } from "../../gen/commands";
import { call } from "../../lib/call";
import { t } from "../../lib/i18n";
import { useOverview } from "../../record/queries";
import { useSave } from "../../record/save";
import { choose, settingOf, useSettings } from "../../record/settings";
import type { Field, Side } from "./fields";

/** Pairs of which somebody said that they are two; the core reads it by this name. */
const APART = "duplicates.apart";

export function useMerging() {
  const { save, took } = useSave();
  const settings = useSettings().data ?? [];
  const me = useOverview().data?.me._id ?? null;

  const merge = async (pair: LikePair, stays: 0 | 1, chosen: Partial<Record<Field, Side>>) => {
    const kept = pair.sides[stays].customer;
    const gone = pair.sides[stays === 0 ? 1 : 0].customer;
    const fields = Object.fromEntries(
      Object.entries(chosen).filter((entry): entry is [string, "this" | "other"] => entry[1] !== "both"),
    );
    const { undo } = await call("customers.merge", { into: kept._id, from: gone._id, fields });
    took(undo, t("duplicates.merged", { kept: kept.name, gone: gone.name }));
  };
  const apart = async (pair: LikePair) => {
    const [one = "", other = ""] = pair.sides.map((side) => side.customer._id).sort();
    const known = settingOf(settings, APART, "user")?.value;
    const list = Array.isArray(known) ? known : [];
    const edit = await choose(settings, APART, "user", me, [...list, `${one} ${other}`]);
    await save([edit], t("duplicates.saidApart"));
  };
  return { merge, apart };
}
