/// What needs protocols, ends or settings. See fuzz-decoders for what only looks at bytes.
let targets: [(name: String, run: @Sendable (inout FuzzInput) -> Void)] = [
  ("raw", { Conversation.run("raw", promises: [], &$0) }),
  ("nacl0", { Conversation.run("nacl0", promises: [.isAuthentic, .recoversFromClocks], &$0) }),
  ("nacltai", { Conversation.run("nacltai", promises: [.isAuthentic, .isDirected, .acceptsOnce], &$0) }),
  (
    "salty",
    {
      Conversation.run(
        "salty", promises: [.isAuthentic, .isDirected, .acceptsOnce, .deliversOnce, .recoversFromClocks], &$0)
    }
  ),
  ("salty-control", { SaltyImpostor.run(&$0) }),
  ("settings", { SettingsFuzz.run(&$0) }),
  ("relay", { RelayFuzz.run(&$0) }),
  ("interfaces", { InterfacesFuzz.run(&$0) }),
  ("diagnosis", { DatagramDiagnosisFuzz.run(&$0) }),
  ("inner-packet", { InnerPacketFuzz.run($0.rest()) }),
]
