// Which screen is on.

import type { App as Model } from "../model/app";
import { Bench } from "./Bench";
import { ClassesScreen } from "./classes/ClassesScreen";
import { ClashScreen } from "./ClashScreen";
import { AppProvider, useApp } from "./context";
import { HistoryScreen } from "./HistoryScreen";
import { Menu } from "./Menu";
import { TimelineScreen } from "./timeline/TimelineScreen";
import { ProgressScreen } from "./progress/ProgressScreen";
import { QueueScreen } from "./QueueScreen";
import { lazy } from "./lazy";
import { ReviewScreen } from "./review/ReviewScreen";
import { SignIn } from "./SignIn";
import { StatusScreen } from "./status/StatusScreen";
import "./style/index.css";

const RulesScreen = lazy(() => import("./rules/RulesScreen").then((m) => m.RulesScreen));

const SimilarScreen = lazy(() => import("./similar/SimilarScreen").then((m) => m.SimilarScreen));

const screens = { judge: Bench, queue: QueueScreen, timeline: TimelineScreen, history: HistoryScreen, review: ReviewScreen, progress: ProgressScreen, rules: RulesScreen, similar: SimilarScreen, classes: ClassesScreen, status: StatusScreen, clash: ClashScreen };

const Screen = () => {
  const app = useApp();
  const gate = app.session.gate.value;
  if (gate.at === "asking") return <div class="blank"><i class="progress" /></div>;
  if (gate.at === "out") return <SignIn />;
  if (app.menu.value) return <Menu />;
  const Now = screens[app.screen.value];
  return <Now />;
};

export const App = ({ app }: { app: Model }) => (
  <AppProvider value={app}><Screen /></AppProvider>
);
