import Simulation

@main
struct Simulate {
  static func main() {}
}
