package valence.node.app;

import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Collections;

/// Takes the JDBC drivers of a revision out of the JDK's registry. Its class is defined once more
/// in the revision's loader, since the registry looks at who calls.
public final class DriverEnd {
  /// Takes them out.
  public DriverEnd() throws SQLException {
    for (Driver driver : Collections.list(DriverManager.getDrivers())) {
      if (driver.getClass().getClassLoader() == DriverEnd.class.getClassLoader()) {
        DriverManager.deregisterDriver(driver);
      }
    }
  }
}
