import { type QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useEffect } from "react";
import { HashRouter, Navigate, Route, Routes } from "react-router";
import { ErrorNote } from "../components/ErrorNote";
import { CustomerBeside, CustomerScreen } from "../features/customer/CustomerScreen";
import { CustomersScreen } from "../features/customers/CustomersScreen";
import { DuplicatesScreen } from "../features/duplicates/DuplicatesScreen";
import { ImportScreen } from "../features/import/ImportScreen";
import { InboxScreen } from "../features/inbox/InboxScreen";
import { NewOrderScreen, OrderScreen } from "../features/orders/OrderScreen";
import { OrdersScreen } from "../features/orders/OrdersScreen";
import { QuoteScreen } from "../features/quotes/QuoteScreen";
import { QuotesScreen } from "../features/quotes/QuotesScreen";
import { Broken } from "../features/session/Broken";
import { FirstRun } from "../features/session/FirstRun";
import { Revoked } from "../features/session/Revoked";
import { Unlock } from "../features/session/Unlock";
import { SettingsScreen } from "../features/settings/SettingsScreen";
import { SyncDetails } from "../features/sync/SyncDetails";
import { TodayScreen } from "../features/today/TodayScreen";
import { TrashScreen } from "../features/trash/TrashScreen";
import { call, toAppError } from "../lib/call";
import { prefs } from "../lib/prefs";
import { useStore } from "../lib/store";
import { useSession, useSync } from "../record/queries";
import { Frame } from "./Frame";

// Charts and the calendar come when they are asked for.
const ReportsScreen = lazy(() => import("../features/reports/ReportsScreen"));
const CalendarScreen = lazy(() => import("../features/calendar/CalendarScreen"));

export function App({ client }: { client: QueryClient }) {
  // A new language draws everything anew: text is read when it is drawn.
  const { language } = useStore(prefs);
  // The words outside of the window, in the tray and in reminders, follow.
  useEffect(() => {
    call("app.choose", { language }).catch(() => undefined);
  }, [language]);
  return (
    <QueryClientProvider client={client}>
      <HashRouter key={language} useTransitions={false}>
        <Gate />
      </HashRouter>
    </QueryClientProvider>
  );
}

function SyncPart() {
  const sync = useSync().data;
  return sync ? <SyncDetails sync={sync} untitled /> : null;
}

/** What the session allows: begin, unlock, repair, or work. */
function Gate() {
  const { data: status, error, refetch } = useSession();
  if (error) {
    return (
      <main className="p-10">
        <ErrorNote error={toAppError(error)} ways={{ retry: () => void refetch() }} />
      </main>
    );
  }
  if (!status) return null;
  if (status.state === "locked") return <Unlock />;
  if (status.state === "broken") return <Broken status={status} />;
  if (status.state === "none" && status.revoked) return <Revoked status={status} />;
  if (status.state !== "ready") return <FirstRun status={status} />;
  return (
    <Routes>
      <Route element={<Frame status={status} />}>
        <Route path="/today" element={<TodayScreen />} />
        <Route path="/customers" element={<CustomersScreen beside={(id) => <CustomerBeside id={id} />} />} />
        <Route path="/customers/duplicates" element={<DuplicatesScreen />} />
        <Route path="/customers/:id" element={<CustomerScreen />} />
        <Route path="/quotes" element={<QuotesScreen />} />
        <Route path="/quotes/:id" element={<QuoteScreen />} />
        <Route path="/orders" element={<OrdersScreen />} />
        <Route path="/orders/new" element={<NewOrderScreen />} />
        <Route path="/orders/:id" element={<OrderScreen />} />
        <Route
          path="/calendar"
          element={
            <Suspense>
              <CalendarScreen />
            </Suspense>
          }
        />
        <Route
          path="/reports"
          element={
            <Suspense>
              <ReportsScreen />
            </Suspense>
          }
        />
        <Route path="/trash" element={<TrashScreen />} />
        <Route path="/import" element={<ImportScreen />} />
        <Route path="/inbox" element={<InboxScreen />} />
        <Route path="/settings" element={<SettingsScreen work={<SyncPart />} />} />
        <Route path="*" element={<Navigate to="/today" replace />} />
      </Route>
    </Routes>
  );
}
