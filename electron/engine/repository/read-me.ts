/** Stored in every repository, for whoever finds the folder without us. */
export const readMe = `STILLPOINT BACKUP REPOSITORY

This folder holds encrypted backups of virtual machines. Do not change, rename or delete anything in it:
every file is needed, and a changed file is refused.

To restore without Stillpoint you need this folder, Node.js 22.15 or later (https://nodejs.org),
and the passphrase or the 24 recovery words, in a text file.

  node restore-without-us.mjs . --passphrase-file pass.txt list
  node restore-without-us.mjs . --passphrase-file pass.txt restore POINT DISK out.raw
  node restore-without-us.mjs . --recovery-words-file words.txt list

POINT and DISK are shown by "list". The result is a raw disk image. Nothing in this folder is changed.
Without the passphrase and without the recovery words, nobody can read these backups.


STILLPOINT 备份存储库

本文件夹保存虚拟机的加密备份。请勿修改、重命名或删除其中任何文件：
每个文件都是必需的，被改动的文件会被拒绝使用。

不借助 Stillpoint 进行恢复，需要本文件夹、Node.js 22.15 或更高版本（https://nodejs.org），
以及保存在文本文件中的口令或 24 个恢复词。

  node restore-without-us.mjs . --passphrase-file pass.txt list
  node restore-without-us.mjs . --passphrase-file pass.txt restore POINT DISK out.raw
  node restore-without-us.mjs . --recovery-words-file words.txt list

POINT（还原点）和 DISK（磁盘）由 list 命令列出。结果是 raw 格式的磁盘映像。本文件夹中的内容不会被改动。
没有口令也没有恢复词，任何人都无法读取这些备份。
`
