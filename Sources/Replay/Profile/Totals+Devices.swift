extension Totals {
  /// Adds what devices sum up to. Peaks, slots and IOMMU events are not theirs.
  mutating func addUp(_ devices: [DeviceProfile]) {
    for device in devices {
      map += device.map
      unmap += device.unmap
      syncForCPU += device.syncForCPU
      syncForDevice += device.syncForDevice
      allocate += device.allocate
      free += device.free
      liveUncertain &+= device.liveUncertain
      maintenance += device.maintenance
      work += device.work
      bounce += device.bounce
      iotlbInvalidations &+= device.iotlbInvalidations
      live += device.live
    }
  }
}

extension DeviceProfile {
  mutating func settlePressure() {
    pressure = wantedBytes == 0 ? 0 : min(1, Double(pressedBytes) / Double(wantedBytes))
  }
}
