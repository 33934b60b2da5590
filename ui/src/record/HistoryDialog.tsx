// Who changed what of a record and when, with the way back for one field or for everything since.
import { useQuery } from "@tanstack/react-query";
import { Split, Undo2 } from "lucide-react";
import { Button } from "../components/Button";
import { ErrorNote } from "../components/ErrorNote";
import { Dialog } from "../components/Overlay";
import type { History } from "../gen/commands";
import { call, toAppError } from "../lib/call";
import { localDay } from "../lib/dates";
import { clock, weekDay } from "../lib/format";
import { t } from "../lib/i18n";
import type { ChangeEntry, RecordKind } from "../lib/types";
import { restoring, valuesBefore, versions } from "./history";
import { unitName } from "./names";
import { getHeld, useOverview, userName } from "./queries";
import { useSave } from "./save";
import { tellError } from "./tell";
import { valueText } from "./valueText";

interface Props {
  kind: RecordKind;
  id: string;
  name: string;
  onClose: () => void;
}

function useBringBack(kind: RecordKind, id: string) {
  const { save } = useSave();
  return async (values: Record<string, unknown>, said: string) => {
    try {
      const edit = restoring(kind, await getHeld(kind, id), values);
      if (edit) await save([edit], said);
    } catch (thrown) {
      tellError(thrown);
    }
  };
}

function FieldLine({ line, onBack }: { line: ChangeEntry; onBack: () => void }) {
  const overview = useOverview().data;
  const text = (value: unknown) =>
    (line.unit === "assignedTo" && typeof value === "string" ? userName(overview, value) : null) ??
    valueText(line.unit, value);
  const [set, word] = line.unit.split("/");
  const field = word === undefined ? unitName(line.unit) : `${unitName(set ?? "")}: ${word}`;
  return (
    <li className="group flex items-baseline gap-2 py-0.5">
      <span className="w-[96px] shrink-0 text-ink-3">{field}</span>
      <span data-selectable className="min-w-0 flex-1 break-words">
        <del className="text-ink-3">{text(line.before)}</del> → {text(line.after)}
      </span>
      {line.unit === "deletedAt" ? null : (
        <Button variant="link" aria-label={t("history.backOne", { field, value: text(line.before) })} onClick={onBack}>
          {t("history.back")}
        </Button>
      )}
    </li>
  );
}

/** Customers that were merged into this one: each can be parted again. */
function MergedPart({ history, when }: { history: History; when: (at: number) => string }) {
  const { took } = useSave();
  const part = async (id: string, name: string) => {
    try {
      const { undo } = await call("customers.part", { id });
      took(undo, t("history.parted", { name }));
    } catch (thrown) {
      tellError(thrown);
    }
  };
  if (history.merged.length === 0) return null;
  return (
    <section aria-label={t("history.merged")} className="border-line border-b pb-2">
      <h3 className="font-medium">{t("history.merged")}</h3>
      <ul>
        {history.merged.map((one) => (
          <li key={one.id} className="flex items-baseline gap-2 py-0.5">
            <span className="cut" title={one.name}>
              {one.name}
            </span>
            <span data-num className="flex-1 text-ink-3 text-small">
              {when(one.at)} · {t("history.mergedMoved", { count: one.moved })}
            </span>
            <Button
              variant="link"
              icon={Split}
              aria-label={t("history.partNamed", { name: one.name })}
              onClick={() => void part(one.id, one.name)}
            >
              {t("history.part")}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

export function HistoryDialog({ kind, id, name, onClose }: Props) {
  const overview = useOverview().data;
  const { data, error } = useQuery({
    queryKey: [kind, id, "history"],
    queryFn: () => call("records.history", { kind, id }),
  });
  const bringBack = useBringBack(kind, id);
  const who = (user: string) => userName(overview, user) ?? t("timeline.someone");
  const when = (at: number) => `${weekDay(localDay(at))}, ${clock(at)}`;
  return (
    <Dialog reading open onClose={onClose} title={t("history.title", { name })} about={t("history.about")}>
      {error ? <ErrorNote error={toAppError(error)} /> : null}
      {data ? <MergedPart history={data} when={when} /> : null}
      {data ? (
        <ol>
          {versions(data).map((version) => (
            <li key={version.lines[0]?.id} className="border-line-faint border-b py-2">
              <p className="flex items-baseline gap-2">
                <span className="font-medium">{who(version.by)}</span>
                <time data-num className="flex-1 text-ink-3 text-small">
                  {when(version.at)}
                </time>
                <Button
                  variant="link"
                  icon={Undo2}
                  onClick={() =>
                    void bringBack(
                      valuesBefore(data.lines, version.at),
                      t("history.asBefore", { when: when(version.at) }),
                    )
                  }
                >
                  {t("history.before")}
                </Button>
              </p>
              <ul className="mt-1 text-small">
                {version.lines.map((line) => (
                  <FieldLine
                    key={line.id}
                    line={line}
                    onBack={() =>
                      void bringBack(
                        { [line.unit]: line.before },
                        t("history.broughtBack", { field: unitName(line.unit) }),
                      )
                    }
                  />
                ))}
              </ul>
            </li>
          ))}
          <li className="py-2 text-ink-2">{t("history.made", { who: who(data.madeBy), when: when(data.madeAt) })}</li>
        </ol>
      ) : null}
    </Dialog>
  );
}
