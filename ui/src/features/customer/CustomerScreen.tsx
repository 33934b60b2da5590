import { AlarmClock, Check, CircleDot, Tag } from "lucide-react";
import { useCallback, useMemo, useRef, useState } from "react";
import { useNavigate, useParams } from "react-router";
import { Button } from "../../components/Button";
import { DropHint } from "../../components/DropHint";
import { ErrorNote, type WaysOn } from "../../components/ErrorNote";
import { useFileDrop } from "../../components/useFileDrop";
import { useActions } from "../../lib/actions";
import { type AppError, toAppError } from "../../lib/call";
import { t } from "../../lib/i18n";
import { useKeys } from "../../lib/keymap";
import type { CustomerPage } from "../../lib/types";
import { type ComposerKind, showToast } from "../../lib/ui";
import { remove } from "../../record/edits";
import { currencyOf, useCustomerPage, useOverview } from "../../record/queries";
import { useSave } from "../../record/save";
import { tellError } from "../../record/tell";
import { currentTrail, stepAlong } from "../../record/trail";
import { Composer } from "./Composer";
import { ContactsPanel } from "./ContactsPanel";
import { CustomerHeader } from "./CustomerHeader";
import { setDraft } from "./composer";
import { DetailsPanel } from "./DetailsPanel";
import { FilesPanel } from "./FilesPanel";
import { useFollowUpDone, useSnooze } from "./InteractionItem";
import { NotesPanel } from "./NotesPanel";
import { QualificationPanel } from "./QualificationPanel";
import { Reached } from "./Reach";
import { OrdersPanel, QuotesPanel } from "./SalesPanels";
import { TagsPanel } from "./TagsPanel";
import { Timeline } from "./Timeline";
import { nextOpen } from "./timeline";
import { useAddFiles } from "./useAddFiles";

export function CustomerScreen() {
  const { id = "" } = useParams();
  const navigate = useNavigate();
  const back = () => navigate(currentTrail()?.from ?? "/customers");
  return <Loaded id={id} onBack={back} />;
}

/** The same page next to a list: the list has the keys that move and go back. */
export function CustomerBeside({ id }: { id: string }) {
  return <Loaded id={id} onBack={null} />;
}

function Loaded({ id, onBack }: { id: string; onBack: (() => void) | null }) {
  const { data, error, refetch } = useCustomerPage(id);
  if (error) {
    return (
      <main className="p-6">
        <h1 className="sr-only">{t("customers.title")}</h1>
        <ErrorNote error={toAppError(error)} ways={{ reload: () => void refetch(), retry: () => void refetch() }} />
        {onBack ? (
          <Button className="mt-3" onClick={onBack}>
            {t("customer.back")}
          </Button>
        ) : null}
      </main>
    );
  }
  if (!data) return <div aria-busy="true" />;
  return <CustomerView key={id} page={data} onBack={onBack} />;
}

/** The ways on from what a field's edit may be refused for. */
function useWays(onAddContact: () => void): (error: AppError) => WaysOn {
  const navigate = useNavigate();
  return useCallback(
    (error) => {
      const existing = error.details.existingId;
      return {
        addContact: onAddContact,
        ...(typeof existing === "string" ? { open: () => navigate(`/customers/${existing}`) } : {}),
      };
    },
    [navigate, onAddContact],
  );
}

function CustomerView({ page, onBack }: { page: CustomerPage; onBack: (() => void) | null }) {
  const { customer: held, contacts, interactions } = page;
  const { record } = held;
  const overview = useOverview().data;
  const navigate = useNavigate();
  const { save } = useSave();
  const [adding, setAdding] = useState(false);
  const stepper = useRef<HTMLButtonElement>(null);
  const tags = useRef<HTMLInputElement>(null);
  const middle = useRef<HTMLDivElement>(null);
  const setDone = useFollowUpDone();
  const snooze = useSnooze();
  const addContact = useCallback(() => setAdding(true), []);
  const ways = useWays(addContact);

  const step = async (by: 1 | -1) => {
    const next = await stepAlong(by).catch(() => null);
    if (next) navigate(`/customers/${next}`, { replace: true });
    else showToast(t(by === 1 ? "customer.last" : "customer.first"));
  };
  const log = (kind: ComposerKind, contactId: string | null = null) => {
    setDraft(record._id, contactId === null ? { kind } : { kind, contactId });
    middle.current?.querySelector<HTMLInputElement>("form input")?.focus();
  };
  const logCall = () => log("call");
  const drop = async () => {
    try {
      await save([remove("customers", record._id)], t("customer.deleted", { name: record.name }));
      onBack?.();
    } catch (thrown) {
      tellError(thrown);
    }
  };
  const files = useAddFiles(record._id);
  const { over, listeners } = useFileDrop((dropped) => void files.add(dropped), record.deletedAt === null);
  const open = useMemo(() => nextOpen(interactions), [interactions]);
  useKeys(onBack ? { "[": () => void step(-1), "]": () => void step(1), Escape: onBack } : {});
  useActions([
    { keys: "s", label: "keys.status", icon: CircleDot, run: () => stepper.current?.focus() },
    { keys: "t", label: "keys.tags", icon: Tag, run: () => tags.current?.focus() },
    {
      keys: ".",
      label: "keys.done",
      icon: Check,
      run: () => (open ? void setDone(open, true) : showToast(t("followUp.none"))),
    },
    {
      keys: "h",
      label: "keys.snooze",
      icon: AlarmClock,
      run: () => (open ? void snooze(open, 1) : showToast(t("followUp.none"))),
    },
  ]);

  const restore = async () => {
    try {
      await save(
        [{ kind: "customers", id: record._id, op: "restore", units: {} }],
        t("customer.restored", { name: record.name }),
      );
    } catch (thrown) {
      tellError(thrown, () => void restore());
    }
  };

  const Part = onBack ? "main" : "section";
  return (
    <Part
      aria-label={onBack ? undefined : record.name}
      className="@container relative flex min-w-0 flex-col overflow-hidden"
      {...listeners}
    >
      {over ? <DropHint>{t("files.drag", { name: record.name })}</DropHint> : null}
      {record.deletedAt === null ? null : (
        <div role="status" className="flex h-9 shrink-0 items-center gap-3 border-warn-line border-b bg-warn-soft px-6">
          <span>{t("customer.inTrash")}</span>
          <Button variant="link" onClick={() => void restore()}>
            {t("customer.restore")}
          </Button>
        </div>
      )}
      <CustomerHeader
        page={page}
        overview={overview}
        beside={!onBack}
        stepper={stepper}
        ways={ways}
        onStep={(by) => void step(by)}
        onLogCall={logCall}
        onDelete={() => void drop()}
        onAddContact={addContact}
      />
      <div className="grid min-h-0 flex-1 grid-cols-[minmax(0,1fr)_var(--side)] max-mid:grid-cols-[minmax(0,1fr)_316px] @max-[740px]:block @max-[740px]:overflow-y-auto">
        <div
          ref={middle}
          className="overflow-y-auto px-6 pt-4 focus-visible:outline-none @max-[740px]:overflow-visible"
        >
          <div className="mx-auto max-w-[960px]">
            <Composer customerId={record._id} contacts={contacts} />
            <Timeline page={page} />
          </div>
        </div>
        <aside
          aria-label={t("details.title")}
          className="overflow-y-auto border-line border-l @max-[740px]:overflow-visible @max-[740px]:border-t @max-[740px]:border-l-0"
        >
          <Reached value={log}>
            <ContactsPanel customer={record} contacts={contacts} adding={adding} setAdding={setAdding} />
          </Reached>
          <QuotesPanel quotes={page.quotes} />
          <OrdersPanel orders={page.orders} />
          <FilesPanel customerId={record._id} adding={files} />
          <QualificationPanel held={held} />
          <Reached value={log}>
            <DetailsPanel held={held} currency={currencyOf(overview)} ways={ways} />
          </Reached>
          <TagsPanel held={held} input={tags} />
          <NotesPanel held={held} />
        </aside>
      </div>
    </Part>
  );
}
