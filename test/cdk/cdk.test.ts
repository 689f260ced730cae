/** All of it is one suite, since each loads aws-cdk-lib anew, which takes longer than most of these tests. */
import './alarms';
import './grants';
import './options';
import './registration';
import './stack';
