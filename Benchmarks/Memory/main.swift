import BuiltinProtocols
import Foundation
import ProtocolKit
import TunnelCore

// memory-benchmark: the bytes that a peer costs, for each protocol, number of peers and what they have done; the median
// of three processes each. Ends with 1 if an idle peer costs more than it may.
// memory-benchmark --measure PROTOCOL HISTORY PEERS: one of these processes.

let words = CommandLine.arguments
if words.count == 5, words[1] == "--measure", let history = PeerHistory(rawValue: words[3]), let peers = Int(words[4]),
  let description = builtinProtocols.first(where: { $0.name == words[2] })
{
  print(try measure(description, history, peers: peers).text)
} else {
  exit(try report() ? 0 : 1)
}

func measure(_ description: ProtocolDescription, _ history: PeerHistory, peers count: Int) throws -> MemoryUse {
  let conversation = Conversation(description)
  var peers: [Session] = []
  peers.reserveCapacity(count + 1)
  // What the first one makes that all share, the reading of files included.
  peers.append(try conversation.session(after: history))
  _ = try MemoryUse.now()
  let before = try MemoryUse.now()
  for _ in 0..<count { peers.append(try conversation.session(after: history)) }
  let after = try MemoryUse.now()
  precondition(peers.count == count + 1)
  return after.perPeer(since: before, peers: count)
}

func report() throws -> Bool {
  print("| protocol | a peer | peers | heap, bytes | guarded, bytes | resident, bytes | at most |")
  print("| --- | --- | ---: | ---: | ---: | ---: | ---: |")
  var isWithinBounds = true
  for description in builtinProtocols {
    for history in PeerHistory.allCases where history.isOf(description) {
      for peers in [1, 100, 1000] {
        let use = MemoryUse.median(try (0..<3).map { _ in try measureApart(description.name, history, peers) })
        let bound = history.isIdle ? bounds[description.name] : nil
        row(description.name, history, peers, use, bound)
        // One alone may have made a whole region, or a page of the heap.
        if let bound, peers > 1, max(use.resident, use.heap + use.guarded) > Double(bound) { isWithinBounds = false }
      }
    }
  }
  return isWithinBounds
}

func row(_ name: String, _ history: PeerHistory, _ peers: Int, _ use: MemoryUse, _ bound: Int?) {
  print(
    String(
      format: "| %@ | %@ | %d | %.0f | %.0f | %.0f | %@ |", name, history.text, peers, use.heap, use.guarded,
      use.resident, bound.map { "\($0)" } ?? ""))
}

/// In a process of its own: what others have made and left is not in the way.
func measureApart(_ name: String, _ history: PeerHistory, _ peers: Int) throws -> MemoryUse {
  let process = Process()
  process.executableURL = URL(fileURLWithPath: "/proc/self/exe")
  process.arguments = ["--measure", name, history.rawValue, "\(peers)"]
  let output = Pipe()
  process.standardOutput = output
  try process.run()
  let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
  process.waitUntilExit()
  guard let use = MemoryUse(text.trimmingCharacters(in: .whitespacesAndNewlines)) else {
    fatalError("a measurement failed: \(text)")
  }
  return use
}
