// Done and later, for a follow-up of an interaction and for a day that was set on a customer by hand alike.
import { weekDay } from "../lib/format";
import { t } from "../lib/i18n";
import type { Edit, FollowUp } from "../lib/types";
import { changeField, changeFollowUp } from "./edits";
import { getHeld } from "./queries";
import { useSave } from "./save";
import { tellError } from "./tell";

async function doneEdit(one: FollowUp): Promise<Edit> {
  if (one.kind === "customers")
    return changeField("customers", await getHeld("customers", one.id), "nextFollowUpByHand", null);
  return changeFollowUp(await getHeld("interactions", one.id), { followUpDoneAt: Date.now() });
}

async function moveEdit(one: FollowUp, day: number): Promise<Edit> {
  if (one.kind === "customers")
    return changeField("customers", await getHeld("customers", one.id), "nextFollowUpByHand", day);
  return changeFollowUp(await getHeld("interactions", one.id), { followUpDate: day, followUpHasTime: false });
}

export function useFollowUps() {
  const { save } = useSave();
  const run = async (edit: Promise<Edit>, said: string) => {
    try {
      await save([await edit], said);
    } catch (thrown) {
      tellError(thrown);
    }
  };
  return {
    done: (one: FollowUp) => run(doneEdit(one), t("today.isDone", { about: one.about ?? one.customerName })),
    move: (one: FollowUp, day: number) => run(moveEdit(one, day), t("today.moved", { day: weekDay(day) })),
  };
}
