import type { MachineId } from '../../../../shared/machine.ts'
import { flags, procedures, programs, qemuProcedures } from './protocol.ts'
import type { RpcClient } from './rpc.ts'
import type { DownloadStream } from './streams.ts'
import { writeDomain } from './values.ts'
import type { XdrWriter } from './xdr.ts'

/** A picture of 8K in 24-bit colour is 96 MiB as PPM. */
const maxScreenshotBytes = 128 * 1024 * 1024

/** What reaches into a running machine: the guest agent, QEMU's monitor, screen and serial console. */
export type GuestCalls = ReturnType<typeof guestCalls>

export function guestCalls(rpc: RpcClient) {
  /** Of all file systems: an empty list of mount points. */
  const quiesce = async (procedure: number, uuid: MachineId, signal: AbortSignal) => {
    const write = (writer: XdrWriter) => {
      writeDomain(writer, uuid)
      writer.uint(0).uint(0)
    }
    return (await rpc.call({ procedure, write }, signal)).int()
  }

  return {
    /** Number of file systems that stand still now. Fails with `errors.agentUnresponsive` or `argumentUnsupported` without an agent. */
    freeze: (uuid: MachineId, signal: AbortSignal) => quiesce(procedures.domainFreeze, uuid, signal),

    /** Number of file systems that go on; 0 where none was frozen. */
    thaw: (uuid: MachineId, signal: AbortSignal) => quiesce(procedures.domainThaw, uuid, signal),

    /** One command of the guest agent and its answer, both as JSON. The host gives up after `timeoutSeconds`. */
    async agent(uuid: MachineId, command: string, timeoutSeconds: number, signal: AbortSignal): Promise<string> {
      const write = (writer: XdrWriter) => {
        writeDomain(writer, uuid)
        writer.string(command).int(timeoutSeconds).uint(0)
      }
      const reply = await rpc.call({ program: programs.qemu, procedure: qemuProcedures.agentCommand, write }, signal)
      return reply.optionalString() ?? 'null'
    },

    /** One QMP command and its answer, both as JSON. libvirt marks the running machine as tampered with. */
    async monitor(uuid: MachineId, command: string, signal: AbortSignal): Promise<string> {
      const write = (writer: XdrWriter) => {
        writeDomain(writer, uuid)
        writer.string(command).uint(0)
      }
      return (
        await rpc.call({ program: programs.qemu, procedure: qemuProcedures.monitorCommand, write }, signal)
      ).string()
    },

    /** The first screen as a picture: PNG or PPM, as the MIME type says. */
    async screenshot(
      uuid: MachineId,
      signal: AbortSignal,
    ): Promise<{ readonly mime: string | undefined; readonly bytes: Buffer }> {
      const write = (writer: XdrWriter) => {
        writeDomain(writer, uuid)
        writer.uint(0).uint(0)
      }
      const { reply, stream } = await rpc.download({ procedure: procedures.domainScreenshot, write }, signal)
      await using picture = stream
      return { mime: reply.optionalString(), bytes: await picture.readAll(maxScreenshotBytes, signal) }
    },

    /** What the machine writes to a serial device from now on, the first one unless named. Takes it from whoever had it open. */
    async console(uuid: MachineId, device: string | undefined, signal: AbortSignal): Promise<DownloadStream> {
      const write = (writer: XdrWriter) => {
        writeDomain(writer, uuid)
        writer.optionalString(device).uint(flags.console.force)
      }
      return (await rpc.download({ procedure: procedures.domainOpenConsole, write }, signal)).stream
    },
  }
}
