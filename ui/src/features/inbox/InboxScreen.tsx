import { useSearchParams } from "react-router";
import { Tabs } from "../../components/Tabs";
import { t } from "../../lib/i18n";
import { useCards } from "../../record/queries";
import { Decisions } from "./Decisions";
import { Devices } from "./Devices";
import { Merges } from "./Merges";
import { Waiting } from "./Waiting";

const PARTS = { needsYou: Decisions, merges: Merges, waiting: Waiting, devices: Devices } as const;
type Part = keyof typeof PARTS;

/** What needs a decision, what was decided by itself, what waits to be sent, and where people are signed in. */
export function InboxScreen() {
  const [params, setParams] = useSearchParams();
  const asked = params.get("part") ?? "needsYou";
  const part: Part = asked in PARTS ? (asked as Part) : "needsYou";
  const open = (useCards().data?.items ?? []).filter((card) => card.resolvedAt === null).length;
  const Shown = PARTS[part];
  return (
    <main className="flex min-h-0 min-w-0 flex-col overflow-hidden">
      <header className="flex h-topbar shrink-0 items-center gap-4 border-line border-b px-4">
        <h1 className="font-semibold text-lead">{t("inbox.title")}</h1>
        <Tabs
          label={t("inbox.parts")}
          value={part}
          options={(Object.keys(PARTS) as Part[]).map((value) => ({
            value,
            label: t(`inbox.${value}`),
            count: value === "needsYou" ? open : 0,
          }))}
          onChange={(value) => setParams(value === "needsYou" ? {} : { part: value }, { replace: true })}
        />
      </header>
      <div className="min-h-0 flex-1 overflow-y-auto">
        <Shown />
      </div>
    </main>
  );
}
