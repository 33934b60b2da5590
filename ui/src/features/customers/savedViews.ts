// Views that are kept: records of their author, on all her devices; shared ones are seen by the whole company.
import { useQuery } from "@tanstack/react-query";
import type { SavedView } from "../../gen/records";
import { call } from "../../lib/call";
import { t } from "../../lib/i18n";
import type { Edit, Listed } from "../../lib/types";
import { change, create, mint, remove } from "../../record/edits";
import { useSave } from "../../record/save";
import { tellError } from "../../record/tell";
import { definitionOf, type View } from "./view";

const VIEWS_MAX = 500;
const KIND = "customers";

export function useSavedViews() {
  const { data } = useQuery({
    queryKey: ["saved_views", KIND],
    queryFn: async () => {
      const page = await call("records.list", { kind: "saved_views", limit: VIEWS_MAX });
      return (page.items as Listed<SavedView>[]).filter((view) => view.recordKind === KIND);
    },
  });
  return data ?? [];
}

export function useViewEdits() {
  const { save } = useSave();
  const attempt = async (edit: Edit, said: string): Promise<boolean> => {
    try {
      await save([edit], said);
      return true;
    } catch (thrown) {
      tellError(thrown);
      return false;
    }
  };
  return {
    /** The id of the new view, or null when it was refused. */
    keep: async (name: string, view: View, shared: boolean): Promise<string | null> => {
      const [id = ""] = await mint(1);
      const edit = create("saved_views", id, { name, recordKind: KIND, definition: definitionOf(view), shared });
      return (await attempt(edit, t("views.saved", { name }))) ? id : null;
    },
    update: (saved: SavedView, view: View) => {
      const units = { definition: { value: definitionOf(view), base: saved.definition } };
      return attempt(change("saved_views", saved._id, saved.version, units), t("views.saved", { name: saved.name }));
    },
    rename: (saved: SavedView, name: string) => {
      const units = { name: { value: name, base: saved.name } };
      return attempt(change("saved_views", saved._id, saved.version, units), t("views.saved", { name }));
    },
    share: (saved: SavedView) => {
      const units = { shared: { value: !saved.shared, base: saved.shared } };
      return attempt(change("saved_views", saved._id, saved.version, units), t("views.saved", { name: saved.name }));
    },
    drop: (saved: SavedView) => attempt(remove("saved_views", saved._id), t("views.dropped", { name: saved.name })),
  };
}
