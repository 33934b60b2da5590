// What can be done with a quote: at once where nothing is to be asked, else by a small form. The core says which verbs there are.
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useNavigate } from "react-router";
import { call, refresh } from "../../lib/call";
import { type Key, t } from "../../lib/i18n";
import type { Edit, Verb } from "../../lib/types";
import { showToast } from "../../lib/ui";
import { useSave } from "../../record/save";
import { tellError } from "../../record/tell";
import { VerbDialog } from "./VerbDialog";

export interface VerbTarget {
  id: string;
  number: string;
  customerId: string;
  status: string;
}

/** Whether a verb has a question first: how it went out, why it was rejected, whether late is meant. */
export function asksFirst(verb: Verb, status: string): boolean {
  return verb === "send" || verb === "reject" || (verb === "accept" && status === "expired");
}

export function useVerbs(): { start: (verb: Verb, quote: VerbTarget) => void; dialog: ReactNode } {
  const client = useQueryClient();
  const navigate = useNavigate();
  const { save } = useSave();
  const [asked, setAsked] = useState<{ verb: Verb; quote: VerbTarget } | null>(null);

  const act = async (verb: Verb, quote: VerbTarget, details: Record<string, unknown>) => {
    const { shows, undo } = await call("quotes.act", { id: quote.id, verb, with: details });
    void refresh(client, ["quotes", "orders", "customers", "sync"]);
    const takeBack = () => void save(undo as Edit[]).then(() => navigate(`/quotes/${quote.id}`), tellError);
    showToast(
      t(`verb.${verb}.done` as Key, { number: quote.number }),
      undo.length > 0 ? { label: t("undo.action"), run: takeBack } : undefined,
    );
    if (shows.kind === "orders" || shows.id !== quote.id) navigate(`/${shows.kind}/${shows.id}`);
  };
  const start = (verb: Verb, quote: VerbTarget) => {
    if (asksFirst(verb, quote.status)) setAsked({ verb, quote });
    else act(verb, quote, {}).catch(tellError);
  };
  const dialog = asked ? (
    <VerbDialog
      verb={asked.verb}
      quote={asked.quote}
      onClose={() => setAsked(null)}
      onAct={async (details) => {
        await act(asked.verb, asked.quote, details);
        setAsked(null);
      }}
      onCustomer={() => {
        setAsked(null);
        navigate(`/customers/${asked.quote.customerId}`);
      }}
    />
  ) : null;
  return { start, dialog };
}
