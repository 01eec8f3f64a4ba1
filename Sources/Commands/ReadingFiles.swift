import Configuration
import LinuxSystem
import Sodium

/// Reads a file of settings or keys into guarded memory.
func readFile(_ path: String, _ limit: Int) throws(FileProblem) -> ReadFile {
  do throws(UserFile.Refusal) {
    let file = try UserFile(path: path)
    let room = GuardedMemory(count: limit)
    let count = try room.withMutableBytes { (bytes) throws(UserFile.Refusal) in try file.read(into: &bytes) }
    let contents = room.withBytes { GuardedMemory(copying: $0.extracting(first: count)) }
    return ReadFile(contents: contents, othersMayRead: file.othersMayRead, writers: writers(of: file))
  } catch {
    throw FileProblem("\(error)")
  }
}

/// Who may change `file` besides root and the caller, also through sudo.
private func writers(of file: borrowing UserFile) -> OtherWriters {
  guard let owner = file.owner else { return OtherWriters() }
  let isOwn = [0, Privileges.effectiveUser, Privileges.caller].contains(owner)
  var writers = OtherWriters(everybody: file.everybodyMayWrite)
  if !isOwn { writers.owner = Privileges.name(ofUser: owner) }
  if let group = file.writingGroup, group != 0 {
    let name = Privileges.name(ofGroup: group)
    // A group by its user's name is his alone, where each user has one (USERGROUPS in adduser.conf(5)).
    if name != Privileges.name(ofUser: owner) { writers.group = name }
  }
  return writers
}
