import { Module } from '@nestjs/common';
import { ScreenshotService } from './screenshot.service.js';
import { DatabaseScreenshotStore, ScreenshotStore } from './screenshot-store.js';

@Module({
  providers: [{ provide: ScreenshotStore, useClass: DatabaseScreenshotStore }, ScreenshotService],
  exports: [ScreenshotService],
})
export class ScreenshotModule {}
