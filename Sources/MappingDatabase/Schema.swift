/// The tables of the database, documented in docs/database.md.
enum Schema {
  /// What `PRAGMA user_version` says. It grows when a table or column changes its meaning or goes.
  static let version = 1

  static let tables = """
    PRAGMA user_version = \(version);
    CREATE TABLE recording (key TEXT PRIMARY KEY, value);
    CREATE TABLE devices (
      id INTEGER PRIMARY KEY, name TEXT NOT NULL, coherent INTEGER, coherent_because TEXT, streaming_mask INTEGER,
      mask_because TEXT, highest_address INTEGER, mask_pressure REAL, cleaned_lines INTEGER,
      invalidated_lines INTEGER, prepared_lines INTEGER, bounces INTEGER, bounced_bytes INTEGER,
      estimate_low_ns REAL, estimate_mid_ns REAL, estimate_high_ns REAL);
    CREATE TABLE tasks (pid INTEGER PRIMARY KEY, name TEXT NOT NULL);
    CREATE TABLE stacks (id INTEGER PRIMARY KEY, frames TEXT NOT NULL);
    CREATE TABLE mappings (
      id INTEGER PRIMARY KEY, device_id INTEGER, kind TEXT NOT NULL, dma_address INTEGER, physical_address INTEGER,
      size INTEGER, direction TEXT, attributes TEXT, nents INTEGER, ents INTEGER, failed INTEGER NOT NULL,
      mapped_at INTEGER, map_cpu INTEGER, map_pid INTEGER, map_stack_id INTEGER,
      unmapped_at INTEGER, unmap_cpu INTEGER, unmap_pid INTEGER, unmap_stack_id INTEGER, unmap_size INTEGER);
    CREATE TABLE segments (
      mapping_id INTEGER NOT NULL, number INTEGER NOT NULL, physical_address INTEGER, dma_address INTEGER,
      length INTEGER, PRIMARY KEY (mapping_id, number)) WITHOUT ROWID;
    CREATE TABLE syncs (
      id INTEGER PRIMARY KEY, device_id INTEGER, owner TEXT NOT NULL, dma_address INTEGER, size INTEGER,
      direction TEXT, time INTEGER NOT NULL, cpu INTEGER, pid INTEGER, stack_id INTEGER);
    CREATE TABLE losses (time INTEGER NOT NULL, cpu INTEGER, events INTEGER);
    CREATE TABLE findings (
      rule TEXT NOT NULL, name TEXT NOT NULL, severity TEXT NOT NULL, device TEXT, call_site TEXT,
      count INTEGER NOT NULL, first_time INTEGER, first_message TEXT);
    """

  /// Made at the end, when it is cheapest.
  static let indexes = """
    CREATE INDEX mappings_by_address ON mappings (device_id, dma_address);
    CREATE INDEX mappings_by_time ON mappings (mapped_at);
    CREATE INDEX syncs_by_address ON syncs (device_id, dma_address);
    CREATE VIEW lifetimes AS
      SELECT m.id, d.name AS device, m.kind, m.size, m.direction, m.mapped_at, m.unmapped_at,
        m.unmapped_at - m.mapped_at AS lifetime_ns, t.name AS task
      FROM mappings m LEFT JOIN devices d ON d.id = m.device_id LEFT JOIN tasks t ON t.pid = m.map_pid;
    CREATE VIEW synced_mappings AS
      SELECT m.id AS mapping_id, s.id AS sync_id, s.owner, s.time, s.dma_address - m.dma_address AS offset, s.size
      FROM syncs s JOIN mappings m ON m.device_id = s.device_id
        AND s.dma_address >= m.dma_address AND s.dma_address < m.dma_address + m.size
        AND m.mapped_at <= s.time AND (m.unmapped_at IS NULL OR m.unmapped_at >= s.time);
    ANALYZE;
    """
}
