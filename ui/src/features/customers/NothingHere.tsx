import { useNavigate } from "react-router";
import { Button } from "../../components/Button";
import { EmptyState } from "../../components/EmptyState";
import { t } from "../../lib/i18n";
import { ui } from "../../lib/ui";
import { type ChangeView, isFiltered, type View } from "./view";

/** A list without rows: either nothing is there yet, or nothing fits what was asked. */
export function NothingHere({ view, change }: { view: View; change: ChangeView }) {
  const navigate = useNavigate();
  const name = view.q.trim();
  if (isFiltered(view)) {
    return (
      <EmptyState
        title={t("customers.noMatch")}
        actions={
          <>
            <Button onClick={() => change({ q: "", status: [], owner: null })}>{t("filter.clear")}</Button>
            {name ? (
              <Button onClick={() => ui.set({ newCustomer: name })}>{t("palette.create", { name })}</Button>
            ) : null}
          </>
        }
      >
        {t("customers.noMatchAbout")}
      </EmptyState>
    );
  }
  return (
    <EmptyState
      title={t("customers.empty")}
      actions={
        <>
          <Button variant="primary" keys="c" onClick={() => ui.set({ newCustomer: "" })}>
            {t("customer.new")}
          </Button>
          <Button onClick={() => navigate("/import")}>{t("customers.emptyImport")}</Button>
        </>
      }
    >
      {t("customers.emptyAbout")}
    </EmptyState>
  );
}
