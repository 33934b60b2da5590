// Done and later, for a follow-up of an interaction and for a day that was set on a customer by hand alike.
import { moveTo, onWall, wallDay } from "../lib/dates";
import { wallShort } from "../lib/format";
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

/** A day that was set on a customer has no time. */
async function moveEdit(one: FollowUp, wall: number): Promise<Edit> {
  if (one.kind === "customers")
    return changeField("customers", await getHeld("customers", one.id), "nextFollowUpByHand", wallDay(wall));
  return changeFollowUp(await getHeld("interactions", one.id), { followUpDate: wall });
}

/** The date of a follow-up as one value; null = it has none. */
export function dateOf(one: FollowUp): number | null {
  return one.day === null ? null : onWall(one.day, one.minute);
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
    /** To another day, at its time unless another one is given. */
    move: (one: FollowUp, to: number) => {
      const wall = moveTo(to, dateOf(one));
      return run(moveEdit(one, wall), t("today.moved", { day: wallShort(wall) }));
    },
  };
}
