// A machine as OPC UA shows it, on node-opcua: node machine.cjs PORT CONTROL PKI. Run it in the folder that has node_modules.
// Objects/Line1/Press{1,2}/{Force,Temp}, Mode (an enumeration), Ready (two states), Recipe (a structure), an alarm on Level (conditions High
// at 80, HighHigh at 90). Users may sign in with a certificate. Control: /alarm?v=95 /set?node=Force&v=1 /drop /ack /add /refresh
const http = require("http"), path = require("path"), { createRequire } = require("module");
const ua = createRequire(path.join(process.cwd(), "x.js"))("node-opcua");
const { DataType, StatusCodes } = ua;
const [port, control, pki] = process.argv.slice(2);
(async () => {
  const manager = async (sub) => {
    const m = new ua.OPCUACertificateManager({ rootFolder: path.join(pki, sub), automaticallyAcceptUnknownCertificate: true });
    await m.initialize();
    return m;
  };
  const server = new ua.OPCUAServer({
    port: +port, host: "127.0.0.1", hostname: "127.0.0.1", resourcePath: "/machine",
    serverCertificateManager: await manager("app"), userCertificateManager: await manager("user"),
    securityPolicies: [ua.SecurityPolicy.None, ua.SecurityPolicy.Basic256Sha256, ua.SecurityPolicy.Aes128_Sha256_RsaOaep, ua.SecurityPolicy.Aes256_Sha256_RsaPss],
    securityModes: [ua.MessageSecurityMode.None, ua.MessageSecurityMode.Sign, ua.MessageSecurityMode.SignAndEncrypt],
    allowAnonymous: true, userManager: { isValidUser: (u, p) => u === "agent" && p === "s3cret" },
    serverCapabilities: { maxSessions: 50, operationLimits: { maxMonitoredItemsPerCall: 3, maxNodesPerRead: 7 } },
    nodeset_filename: [ua.nodesets.standard],
  });
  await server.initialize();
  const as = server.engine.addressSpace, ns = as.getOwnNamespace();
  as.installAlarmsAndConditionsService();
  const line = ns.addFolder(as.rootFolder.objects, { browseName: "Line1", nodeId: "s=Line1" });
  line.setEventNotifier(1);
  line.addReference({ referenceType: "HasNotifier", isForward: false, nodeId: as.rootFolder.objects.server });
  const vars = {};
  const double = (parent, name, id, value) => (vars[id] = ns.addVariable({ componentOf: parent, browseName: name, nodeId: "s=" + id, dataType: "Double",
    minimumSamplingInterval: 10, value: { dataType: DataType.Double, value } }));
  for (const n of [1, 2]) {
    const press = ns.addObject({ componentOf: line, browseName: "Press" + n, nodeId: "s=Press" + n });
    double(press, "Force", `Press${n}.Force`, n * 100);
    ns.addAnalogDataItem({ componentOf: press, browseName: "Temp", nodeId: `s=Press${n}.Temp`, dataType: "Double", engineeringUnitsRange: { low: 0, high: 200 },
      engineeringUnits: ua.standardUnits.degree_celsius, minimumSamplingInterval: 10, value: { dataType: DataType.Double, value: 20 } });
  }
  const level = double(line, "Level", "Level", 50);
  const mode = ns.addEnumerationType({ browseName: "MachineMode", enumeration: ["Off", "Setup", "Automatic"] });
  ns.addVariable({ componentOf: line, browseName: "Mode", nodeId: "s=Mode", dataType: mode, minimumSamplingInterval: 10, value: { dataType: DataType.Int32, value: 2 } });
  ns.addTwoStateDiscrete({ componentOf: line, browseName: "Ready", nodeId: "s=Ready", trueState: "ready", falseState: "not ready", value: true });
  ns.addVariable({ componentOf: line, browseName: "Recipe", nodeId: "s=Recipe", dataType: "BuildInfo", minimumSamplingInterval: 10,
    value: { dataType: DataType.ExtensionObject, value: as.constructExtensionObject(as.findDataType("BuildInfo"), { productName: "x" }) } });
  line.addReference({ referenceType: "HasEventSource", nodeId: level });
  const alarm = ns.instantiateExclusiveLimitAlarm("ExclusiveLimitAlarmType", { browseName: "LevelAlarm", conditionSource: level, inputNode: level, conditionOf: line,
    lowLowLimit: 5, lowLimit: 10, highLimit: 80, highHighLimit: 90, optionals: ["Acknowledge", "ConfirmedState", "Confirm"] });
  await server.start();
  const sockets = new Set();
  for (const e of server.endpoints) e._server.on("connection", (s) => { sockets.add(s); s.on("close", () => sockets.delete(s)); });
  const set = (v, x) => v.setValueFromSource({ dataType: DataType.Double, value: +x }, StatusCodes.Good, new Date());
  http.createServer((q, r) => {
    const u = new URL(q.url, "http://x"), arg = (k) => u.searchParams.get(k);
    try {
      switch (u.pathname) {
        case "/alarm": set(level, arg("v")); break;
        case "/set": set(vars[arg("node")], arg("v")); break;
        case "/add": double(line, arg("name"), arg("name"), 7); break;
        case "/drop": for (const s of sockets) s.resetAndDestroy(); break;
        case "/state": r.write(JSON.stringify({ active: alarm.activeState.id.readValue().value.value })); break;
      }
    } catch (e) { r.write(String(e)); }
    r.end("\n");
  }).listen(+control, "127.0.0.1", () => console.log("READY " + server.getEndpointUrl()));
  process.on("SIGTERM", () => process.exit(0));
})().catch((e) => { console.error(e); process.exit(1); });
