import { type KeyboardEvent, type RefObject, useState } from "react";
import { Popover } from "../../components/Popover";
import { StatusGlyph } from "../../components/Status";
import type { Customer } from "../../gen/records";
import { type AppError, toAppError } from "../../lib/call";
import { cx } from "../../lib/cx";
import { t } from "../../lib/i18n";
import type { CustomerStatus, Held } from "../../lib/types";
import { changeStatus } from "../../record/edits";
import { StatusQuestion, wantsReason } from "../../record/StatusQuestion";
import { useSave } from "../../record/save";

const STEPS: readonly CustomerStatus[] = ["prospect", "lead", "active", "inactive"];

const NOW: Record<CustomerStatus, string> = {
  prospect: "bg-st-prospect-soft text-st-prospect",
  lead: "bg-st-lead-soft text-st-lead",
  active: "bg-st-active-soft text-st-active",
  inactive: "bg-st-inactive-soft text-st-inactive",
};

interface Question {
  to: CustomerStatus;
  seen: Held<Customer>;
  error: AppError | null;
}

interface Props {
  held: Held<Customer>;
  current: RefObject<HTMLButtonElement | null>;
  onAddContact: () => void;
}

/** Where the customer stands. A step that needs a reason asks before it saves; a step that is not allowed says why. */
export function StatusStepper({ held, current, onAddContact }: Props) {
  const [question, setQuestion] = useState<Question | null>(null);
  const { save } = useSave();
  const now = held.record.status;

  const send = async (to: CustomerStatus, seen: Held<Customer>, reason: string | null, confirmed = false) => {
    try {
      await save([changeStatus(seen, to, reason, confirmed)], t("status.changed", { status: t(`status.${to}`) }));
      setQuestion(null);
    } catch (thrown) {
      setQuestion({ to, seen, error: toAppError(thrown) });
    }
  };
  const choose = (to: CustomerStatus) => {
    if (to === now) return;
    if (wantsReason(now, to)) setQuestion({ to, seen: held, error: null });
    else void send(to, held, null);
  };
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    const buttons = [...event.currentTarget.querySelectorAll<HTMLButtonElement>("[data-step]")];
    const at = buttons.indexOf(event.target as HTMLButtonElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of toggle buttons
    <div role="group" aria-label={t("field.status")} className="mr-2 flex" onKeyDown={onKeyDown}>
      {STEPS.map((status, index) => (
        <Popover
          key={status}
          label={t("status.ask", { status: t(`status.${status}`) })}
          open={question?.to === status}
          onOpenChange={(open) => (open ? choose(status) : setQuestion(null))}
          trigger={
            <button
              ref={status === now ? current : undefined}
              type="button"
              data-step={status}
              aria-pressed={status === now}
              title={status === now && held.record.statusReason ? held.record.statusReason : undefined}
              className={cx(
                "flex h-7 items-center gap-1.5 border-line border-y border-l px-3 focus-visible:z-10",
                index === 0 && "rounded-l-sm",
                index === STEPS.length - 1 && "rounded-r-sm border-r",
                status === now ? cx("font-semibold", NOW[status]) : "hover:bg-hover",
                status !== now && (index < STEPS.indexOf(now) ? "text-ink-2" : "text-ink-3"),
              )}
            >
              <StatusGlyph status={status} />
              {t(`status.${status}`)}
            </button>
          }
        >
          {question ? (
            <StatusQuestion
              to={question.to}
              error={question.error}
              onClose={() => setQuestion(null)}
              onAddContact={() => {
                setQuestion(null);
                onAddContact();
              }}
              onConfirm={() => void send(question.to, question.seen, null, true)}
              onSave={(reason) => void send(question.to, question.seen, reason || null)}
            />
          ) : null}
        </Popover>
      ))}
    </div>
  );
}
