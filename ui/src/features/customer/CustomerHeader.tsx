import { ChevronLeft, ChevronRight, Ellipsis, History, Phone, Trash2, UserRound } from "lucide-react";
import { type RefObject, useState } from "react";
import { Link } from "react-router";
import { Button, IconButton } from "../../components/Button";
import type { WaysOn } from "../../components/ErrorNote";
import { Menu } from "../../components/Menu";
import { WaitingDot } from "../../components/WaitingDot";
import { useActions } from "../../lib/actions";
import type { AppError } from "../../lib/call";
import { count } from "../../lib/format";
import { t } from "../../lib/i18n";
import type { CustomerPage, Overview } from "../../lib/types";
import { changeField } from "../../record/edits";
import { HistoryDialog } from "../../record/HistoryDialog";
import { InPlace } from "../../record/InPlace";
import { contactName } from "../../record/names";
import { useSave } from "../../record/save";
import { currentTrail } from "../../record/trail";
import { NextStepChip, OwnerChip } from "./FactChips";
import { RiskChip, ScoreChip, ValueChip } from "./FigureChips";
import { StatusStepper } from "./StatusStepper";

interface Props {
  page: CustomerPage;
  overview: Overview | undefined;
  /** Beside a list, whose title is the one of the screen. */
  beside: boolean;
  stepper: RefObject<HTMLButtonElement | null>;
  ways: (error: AppError) => WaysOn;
  onStep: (step: 1 | -1) => void;
  onLogCall: () => void;
  onDelete: () => void;
  onAddContact: () => void;
}

function Crumbs({ onStep, waiting }: { onStep: (step: 1 | -1) => void; waiting: boolean }) {
  const trail = currentTrail();
  return (
    <div className="flex h-6 items-center gap-1.5 text-ink-2 text-small">
      <Link to={trail?.from ?? "/customers"} className="rounded-xs hover:text-ink">
        {t("customers.title")}
      </Link>
      {trail ? (
        <>
          <span data-num className="text-ink-3">
            · {t("customer.position", { index: count(trail.index + 1), total: count(trail.total) })}
          </span>
          <IconButton small icon={ChevronLeft} label={t("customer.previous")} keys="[" onClick={() => onStep(-1)} />
          <IconButton small icon={ChevronRight} label={t("customer.next")} keys="]" onClick={() => onStep(1)} />
        </>
      ) : null}
      {waiting ? (
        <span className="ml-auto flex items-center gap-1.5">
          <WaitingDot />
          {t("list.waiting")}
        </span>
      ) : null}
    </div>
  );
}

export function CustomerHeader(props: Props) {
  const { page, overview, beside, stepper, ways, onStep, onLogCall, onDelete, onAddContact } = props;
  const Title = beside ? "h2" : "h1";
  const held = page.customer;
  const { record } = held;
  const [history, setHistory] = useState(false);
  const [ownerOpen, setOwnerOpen] = useState(false);
  const { save } = useSave();
  useActions([
    { keys: "a", label: "keys.assign", icon: UserRound, run: () => setOwnerOpen(true) },
    { keys: "y", label: "keys.history", icon: History, run: () => setHistory(true) },
  ]);
  const primary = page.contacts.find((contact) => contact.isPrimary);
  const place = [record.city, record.address?.country].filter(Boolean).join(", ");
  const facts = [record.companyName, t(`type.${record.type}`), record.industry, place].filter(Boolean).join(" · ");
  return (
    <header className="shrink-0 border-line border-b px-6 pt-2 pb-4">
      <Crumbs onStep={onStep} waiting={held.waiting} />
      <div className="flex min-h-8 items-center gap-3">
        <Title
          className="min-w-0 max-w-[60%] shrink-0 font-semibold text-h2 tracking-tight"
          title={record.name}
          data-selectable
        >
          <InPlace
            label={t("field.name")}
            text={record.name}
            shown={record.name}
            seen={held}
            ways={ways}
            onSave={(text, seen) =>
              save([changeField("customers", seen, "name", text)], t("field.saved", { field: t("field.name") }))
            }
          />
        </Title>
        <span className="cut min-w-0 flex-initial text-ink-3 @max-[740px]:hidden" title={facts}>
          {facts}
        </span>
        {primary ? (
          <span
            className="inline-flex min-w-0 flex-initial items-center gap-1.5 text-ink-2"
            title={t("contact.primary")}
          >
            <UserRound size={14} strokeWidth={1.75} aria-hidden="true" className="shrink-0 text-ink-3" />
            <span className="cut">{contactName(primary)}</span>
          </span>
        ) : null}
        <span className="flex-1" />
        <Button icon={Phone} keys="l" className="shrink-0" onClick={onLogCall}>
          {t("call.log")}
        </Button>
        <Menu
          align="end"
          trigger={<IconButton icon={Ellipsis} label={t("customer.more")} className="inset-line" />}
          items={[
            { label: t("keys.history"), icon: History, keys: "y", run: () => setHistory(true) },
            { label: t("customer.delete"), icon: Trash2, danger: true, run: onDelete },
          ]}
        />
      </div>
      <div className="mt-2 flex flex-wrap items-center gap-1.5">
        <StatusStepper held={held} current={stepper} onAddContact={onAddContact} />
        <ScoreChip page={page} />
        <ValueChip page={page} overview={overview} />
        <RiskChip page={page} />
        <span className="ml-auto flex min-w-0 flex-wrap items-center gap-1.5">
          <NextStepChip key={record._id} held={held} />
          <OwnerChip held={held} overview={overview} open={ownerOpen} onOpenChange={setOwnerOpen} />
        </span>
      </div>
      {history ? (
        <HistoryDialog kind="customers" id={record._id} name={record.name} onClose={() => setHistory(false)} />
      ) : null}
    </header>
  );
}
