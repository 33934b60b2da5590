import { useState } from "react";
import { Button } from "../../components/Button";
import type { Contact, Interaction } from "../../gen/records";
import { t } from "../../lib/i18n";
import type { ChangeEntry, Listed } from "../../lib/types";
import { EditsItem } from "./EditsItem";
import { InteractionItem } from "./InteractionItem";
import { groups } from "./timeline";

interface Props {
  interactions: readonly Listed<Interaction>[];
  changes: readonly ChangeEntry[];
  contacts: readonly Listed<Contact>[];
}

const FIRST_SHOWN = 80;

export function Timeline({ interactions, changes, contacts }: Props) {
  const [all, setAll] = useState(false);
  const told = groups(interactions, changes);
  const total = told.reduce((sum, group) => sum + group.happenings.length, 0);
  let left = all ? Number.POSITIVE_INFINITY : FIRST_SHOWN;
  if (total === 0) {
    return <p className="mt-6 pl-9 text-ink-3">{t("timeline.empty")}</p>;
  }
  return (
    <section aria-label={t("timeline.label")} className="relative mt-4 pb-8">
      <div aria-hidden="true" className="absolute top-2.5 bottom-0 left-[11.5px] w-px bg-line" />
      {told.map((group) => {
        const shown = group.happenings.slice(0, Math.max(0, left));
        left -= shown.length;
        if (shown.length === 0) return null;
        return (
          <section key={group.title} aria-label={group.title}>
            <h2 className="pt-2 pb-1 pl-9 font-medium text-ink-3 text-small">{group.title}</h2>
            {shown.map((one) =>
              one.kind === "interaction" ? (
                <InteractionItem key={one.id} interaction={one.interaction} contacts={contacts} />
              ) : (
                <EditsItem key={one.id} edits={one.edits} />
              ),
            )}
          </section>
        );
      })}
      {total > FIRST_SHOWN && !all ? (
        <Button className="relative mt-3 ml-9" onClick={() => setAll(true)}>
          {t("timeline.older", { count: total - FIRST_SHOWN })}
        </Button>
      ) : null}
    </section>
  );
}
