/// What libFuzzer feeds its inputs to, by name: each has a directory in Seeds, and may have one in Regressions. A broken
/// promise traps; libFuzzer keeps the input.
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
]

/// libFuzzer's callback carries no context.
nonisolated(unsafe) var chosenTarget: ((inout FuzzInput) -> Void)?
