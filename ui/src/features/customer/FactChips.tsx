import { Flag, UserRound } from "lucide-react";
import { useState } from "react";
import { Avatar } from "../../components/Avatar";
import { Button } from "../../components/Button";
import { FactChip } from "../../components/Chip";
import { DayField } from "../../components/DayField";
import { Menu } from "../../components/Menu";
import { Popover } from "../../components/Popover";
import type { Customer } from "../../gen/records";
import { dayOf } from "../../lib/dates";
import { isOverdue, longDay, relativeDay } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { Held, Overview } from "../../lib/types";
import { changeField } from "../../record/edits";
import { userName } from "../../record/queries";
import { useSave } from "../../record/save";
import { tellError } from "../../record/tell";

interface Props {
  held: Held<Customer>;
  overview: Overview | undefined;
}

function NextStepForm({ held, onDone }: { held: Held<Customer>; onDone: () => void }) {
  const [seen] = useState(held);
  const byHand = seen.record.nextFollowUpByHand;
  const [day, setDay] = useState<number | null>(byHand === null ? null : dayOf(byHand));
  const { save } = useSave();
  const set = async (value: number | null) => {
    try {
      await save([changeField("customers", seen, "nextFollowUpByHand", value)], t("nextStep.saved"));
      onDone();
    } catch (thrown) {
      tellError(thrown);
    }
  };
  return (
    <form
      className="mt-3 border-line border-t pt-3"
      onSubmit={(event) => {
        event.preventDefault();
        void set(day);
      }}
    >
      <DayField label={t("nextStep.byHand")} value={day} onChange={setDay} />
      <div className="mt-3 flex gap-2">
        <Button variant="primary" type="submit" disabled={day === null}>
          {t("nextStep.set")}
        </Button>
        {byHand === null ? null : <Button onClick={() => void set(null)}>{t("nextStep.clear")}</Button>}
      </div>
    </form>
  );
}

/** What is to be done next and when: the first open follow-up, or a day set by hand. */
export function NextStepChip({ held }: { held: Held<Customer> }) {
  const [open, setOpen] = useState(false);
  const { nextStep, nextFollowUp } = held.record;
  const none = nextFollowUp === null && !nextStep;
  return (
    <Popover
      label={t("nextStep.title")}
      align="end"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <FactChip>
          <span className="sr-only">{t("nextStep.title")}: </span>
          <Flag size={14} strokeWidth={1.75} aria-hidden="true" className="shrink-0" />
          {none ? t("customer.noNextStep") : null}
          {nextStep ? <span className="cut font-medium text-ink">{nextStep}</span> : null}
          {nextFollowUp === null ? null : (
            <span data-num className={isOverdue(nextFollowUp) ? "text-danger" : nextStep ? "" : "font-medium text-ink"}>
              {relativeDay(nextFollowUp)}
            </span>
          )}
        </FactChip>
      }
    >
      <h2 className="font-semibold">{nextFollowUp === null ? t("nextStep.title") : longDay(nextFollowUp)}</h2>
      <p className="mt-1 text-ink-2">{t("nextStep.about")}</p>
      <NextStepForm held={held} onDone={() => setOpen(false)} />
    </Popover>
  );
}

export function OwnerChip({
  held,
  overview,
  open,
  onOpenChange,
}: Props & { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { save } = useSave();
  const owner = held.record.assignedTo;
  const name = userName(overview, owner);
  const assign = async (id: string, to: string) => {
    if (id === owner) return;
    try {
      await save([changeField("customers", held, "assignedTo", id)], t("owner.changed", { name: to }));
    } catch (thrown) {
      tellError(thrown);
    }
  };
  const people = (overview?.users ?? []).filter((user) => user.isActive);
  return (
    <Menu
      align="end"
      open={open}
      onOpenChange={onOpenChange}
      trigger={
        <FactChip aria-label={t("owner.open", { name: name ?? t("customer.noOwner") })} aria-keyshortcuts="a">
          {name ? <Avatar name={name} me={owner === overview?.me._id} /> : <UserRound size={14} aria-hidden="true" />}
          <span className="cut text-ink">{name ?? t("customer.noOwner")}</span>
        </FactChip>
      }
      items={people.map((user) => ({
        label: user.name,
        checked: user._id === owner,
        run: () => void assign(user._id, user.name),
      }))}
    />
  );
}
