import Check
import Configuration
import Testing

@Suite("What TUN_UP_SCRIPT means for a tunnel")
struct ScriptRuleTests {
  @Test(
    "scripts: only a first word that is plainly a command is judged",
    arguments: [
      ("/there/ok up", [Finding.Severity]()), ("/there/no-x; true", [.problem]), ("/gone", [.problem]),
      ("  gone now", [.warning]), ("found", []), ("cd /gone", []), ("if true; then :; fi", []), ("X=1 /gone", []),
      ("\"/gone\"", []), ("$HOME/gone", []), ("(gone)", []), ("", []), ("gone&", [.warning]), ("./gone", [.problem]),
    ])
  func scripts(script: String, severities: [Finding.Severity]) {
    var settings = TunnelSettings()
    settings.tunUpScript = script
    let states = ["/there/ok": CheckRules.CommandState.executable, "/there/no-x": .notExecutable, "found": .executable]
    #expect(CheckRules.script(settings) { states[$0] ?? .missing }.map(\.severity) == severities)
  }
}
