// Which screen is on.

import type { App as Model } from "../model/app";
import { Bench } from "./Bench";
import { AppProvider, useApp } from "./context";
import { lazy } from "./lazy";
import { SignIn } from "./SignIn";
import "./style/index.css";

// What is not on screen when somebody begins to judge comes when it is first shown.
const ClassesScreen = lazy(() => import("./classes/ClassesScreen").then((m) => m.ClassesScreen));
const ClashScreen = lazy(() => import("./ClashScreen").then((m) => m.ClashScreen));
const HistoryScreen = lazy(() => import("./HistoryScreen").then((m) => m.HistoryScreen));
const ProgressScreen = lazy(() => import("./progress/ProgressScreen").then((m) => m.ProgressScreen));
const ReviewScreen = lazy(() => import("./review/ReviewScreen").then((m) => m.ReviewScreen));
const StatusScreen = lazy(() => import("./status/StatusScreen").then((m) => m.StatusScreen));
const LockScreen = lazy(() => import("./LockScreen").then((m) => m.LockScreen));
const TimelineScreen = lazy(() => import("./timeline/TimelineScreen").then((m) => m.TimelineScreen));
const QueueScreen = lazy(() => import("./QueueScreen").then((m) => m.QueueScreen));
const Menu = lazy(() => import("./Menu").then((m) => m.Menu));
const RulesScreen = lazy(() => import("./rules/RulesScreen").then((m) => m.RulesScreen));
const SimilarScreen = lazy(() => import("./similar/SimilarScreen").then((m) => m.SimilarScreen));

const screens = { judge: Bench, queue: QueueScreen, timeline: TimelineScreen, history: HistoryScreen, review: ReviewScreen, progress: ProgressScreen, rules: RulesScreen, similar: SimilarScreen, classes: ClassesScreen, status: StatusScreen, clash: ClashScreen };

const Screen = () => {
  const app = useApp();
  const gate = app.session.gate.value;
  if (gate.at === "asking") return <div class="blank"><i class="progress" /></div>;
  if (gate.at === "out") return <SignIn />;
  if (app.lock.locked.value) return <LockScreen />;
  if (app.menu.value) return <Menu />;
  const Now = screens[app.screen.value];
  return <Now />;
};

export const App = ({ app }: { app: Model }) => (
  <AppProvider value={app}><Screen /></AppProvider>
);
