#!/bin/busybox sh
# First process of a test guest. Says READY on the serial console when disks are mounted and the agent was started.
/bin/busybox mkdir -p /bin /sbin
/bin/busybox --install -s /bin
ln -s /bin/busybox /sbin/hwclock
export PATH=/bin:/sbin:/usr/sbin
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t devtmpfs dev /dev
mount -t tmpfs run /run
ln -s /run /var/run
exec </dev/ttyS0 >/dev/ttyS0 2>&1

while read -r module; do insmod "$module"; done </modules

for device in /dev/vd? /dev/sd?; do
  [ -b "$device" ] || continue
  folder="/mnt/${device#/dev/}"
  mkdir -p "$folder"
  mount -t ext4 "$device" "$folder" 2>/dev/null || rmdir "$folder"
done

for port in /sys/class/virtio-ports/*; do
  [ "$(cat "$port/name" 2>/dev/null)" = org.qemu.guest_agent.0 ] || continue
  qemu-ga --daemonize --method=virtio-serial --path="/dev/${port##*/}" --statedir=/run --pidfile=/run/qemu-ga.pid
done

[ -f /mnt/vda/marker ] && echo "MARKER $(cat /mnt/vda/marker)"
echo READY
while :; do sleep 3600 & wait $!; done
